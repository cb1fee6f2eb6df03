/**
 * Whether the host came from the operator's configuration or from somebody's answer. Foreign hosts are resolved and
 * refused when they are private, loopback or link-local, at connect time and on each redirect.
 */
export type Trust = "configured" | "foreign";

/** The proxy that leads to an address, with its credentials (a secret); null where it is reached straight. */
export type ProxyFor = (url: URL) => URL | null;

/** One exchange; nothing is ever repeated by itself. */
export interface HttpRequest {
  /** Only answers to GET and HEAD are sent on, and only from foreign hosts. */
  method: "GET" | "POST" | "PUT" | "HEAD";
  /** `http:` or `https:`, without user name and password. */
  url: string;
  /** Names in any case. Default: a user agent, and no compression. */
  headers?: Record<string, string>;
  /** Default: none. */
  body?: string | Uint8Array;
  /** There is no default: each call decides. */
  trust: Trust;
  /** The whole exchange, in milliseconds. */
  timeoutMs: number;
  /** The largest body read, in bytes. */
  maxBytes: number;
  /** Its abort ends the exchange with a `cancelled`. */
  signal?: AbortSignal;
}

/** An answer, whatever its status: only what is no answer throws. */
export interface HttpAnswer {
  status: number;
  /** Lower-case names; repeated headers joined by a comma. */
  headers: Record<string, string>;
  body: Uint8Array;
  /** The body as UTF-8. */
  text(): string;
}

/** Why an exchange did not end with an answer. The message holds the host, never the path or query. */
export class HttpError extends Error {
  /** True when a byte of the request may have left us. */
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
  /** The longest time without an answer, in milliseconds. */
  silenceMs: number;
  /** The largest sum of all answers read, in bytes. */
  maxBytes: number;
  /** Its abort ends the conversation. Default: none. */
  signal?: AbortSignal;
  /** Takes each answer; true when it was the last. */
  onAnswer(text: string): boolean;
}

/** The one way out. */
export interface Http {
  /** Rejects with an {@link HttpError} when there is no answer. */
  request(request: HttpRequest): Promise<HttpAnswer>;
  /** Writes the body to a file as it comes; returns its size. Redirects are followed at most 5 times for foreign hosts. */
  download(
    request: Omit<HttpRequest, "method" | "body">,
    toFile: string,
  ): Promise<{ bytes: number; headers: Record<string, string>; status: number }>;
  /**
   * Resolves with the answer to the handshake: 101 when the last answer came, anything else when there was no
   * conversation. `sent` of its errors is about the message: a handshake alone asks for nothing.
   */
  converse(request: ConversationRequest): Promise<HttpAnswer>;
  /** Which proxy leads to an address, for libraries that open connections of their own. Absent: none does. */
  proxyFor?: ProxyFor;
  /** Ends every exchange under way as `cancelled`. */
  close(): Promise<void>;
}
