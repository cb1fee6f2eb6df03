import type { StreamedBody } from "./streamed-body.ts";

/**
 * Whether the host came from the operator's configuration or from somebody's answer. Foreign hosts are resolved and
 * refused when they are private, loopback or link-local, at connect time and on each redirect.
 */
export type Trust = "configured" | "foreign";

/** The proxy for an address, with its credentials (a secret); null for a direct connection. */
export type ProxyFor = (url: URL) => URL | null;

/** One exchange; never repeated automatically. */
export interface HttpRequest {
  /** Redirects are followed only for GET and HEAD, and only from foreign hosts. */
  method: "GET" | "POST" | "PUT" | "HEAD";
  /** `http:` or `https:`, without user name and password. */
  url: string;
  /** Names in any case. Default: a user agent, and no compression. */
  headers?: Record<string, string>;
  /** Default: none. A body that cannot be read fails with the error of its reading, not as an exchange. */
  body?: string | Uint8Array | StreamedBody;
  /** There is no default: each call decides. */
  trust: Trust;
  /** The whole exchange, in milliseconds. */
  timeoutMs: number;
  /** The largest body read, in bytes. */
  maxBytes: number;
  /** Aborts the exchange, which then fails as `cancelled`. Left out: only `timeoutMs` ends it early. */
  signal?: AbortSignal;
  /** The longest time until the answer begins, and then between its parts, in milliseconds. Default: `timeoutMs`. */
  silenceMs?: number;
  /** Receives the body of the final answer part by part as it arrives; the answer repeats all of it. Default: nobody listens. */
  onPart?(part: Uint8Array, head: { status: number; headers: Record<string, string> }): void;
}

/** An answer, whatever its status: only a missing answer throws. */
export interface HttpAnswer {
  status: number;
  /** Lower-case names; repeated headers joined by a comma. */
  headers: Record<string, string>;
  body: Uint8Array;
  /** The body as UTF-8. */
  text(): string;
}

/** Why an exchange ended without an answer. The message contains the host, never the path or query. */
export class HttpError extends Error {
  /** True if a byte of the request may have been sent. */
  readonly sent: boolean;
  readonly reason: "connect" | "timeout" | "reset" | "too-large" | "blocked" | "cancelled" | "protocol";
  constructor(reason: HttpError["reason"], sent: boolean, host: string, options?: { cause?: unknown }) {
    super(`${reason} (${host})`, options);
    this.name = "HttpError";
    this.reason = reason;
    this.sent = sent;
  }
}

/** One message over a WebSocket, and the answers to it. */
export interface ConversationRequest {
  /** `ws:` or `wss:`. */
  url: string;
  /** The one message sent, as text. */
  message: string;
  /** There is no default: each call decides. */
  trust: Trust;
  /** From opening to the last answer, in milliseconds. */
  timeoutMs: number;
  /** The longest time between answers, in milliseconds. */
  silenceMs: number;
  /** The largest sum of all answers read, in bytes. */
  maxBytes: number;
  /** Aborts the conversation. Default: none. */
  signal?: AbortSignal;
  /** Receives each answer; returns true if it was the last. */
  onAnswer(text: string): boolean;
}

/** All outgoing requests are made through this. */
export interface Http {
  /** Rejects with an {@link HttpError} if there is no answer. */
  request(request: HttpRequest): Promise<HttpAnswer>;
  /**
   * Writes the body to a file as it arrives; returns its size. Redirects are followed at most 5 times for foreign
   * hosts.
   */
  download(
    request: Omit<HttpRequest, "method" | "body">,
    toFile: string,
  ): Promise<{ bytes: number; headers: Record<string, string>; status: number }>;
  /**
   * Resolves with the answer to the handshake: 101 once the last answer has come, anything else if there was no
   * conversation. `sent` of its errors refers to the message, because a handshake alone requests nothing.
   */
  converse(request: ConversationRequest): Promise<HttpAnswer>;
  /** The proxy for an address, for libraries that open their own connections. Absent: there is none. */
  proxyFor?: ProxyFor;
  /** Aborts every exchange under way, which then fails as `cancelled`. */
  close(): Promise<void>;
}
