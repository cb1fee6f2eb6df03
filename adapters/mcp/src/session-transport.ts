import {
  type JSONRPCMessage,
  type RequestId,
  type TransportSendOptions,
  WebStandardStreamableHTTPServerTransport,
} from "@modelcontextprotocol/server";
import { whenBodyEnds } from "./when-body-ends.ts";

/** The most resources whose updates are kept; a client with more and no open stream has to read them again. */
const maxUnheard = 1_000;

/** The other processes that a client's next message may reach. */
interface Peers {
  /** Sets this process's requests to the client apart from theirs. Contains no dot. */
  name: string;
  /** Leaves a message for the process that waits for it, under the name it looks for. */
  leave(entry: string, message: JSONRPCMessage): Promise<void>;
}

/** What a message is left under for the process that the client's request, or its answer, is for. */
const mailFor = {
  cancelled: (id: RequestId) => `cancelled ${JSON.stringify(id)}`,
  answered: (id: string) => `answered ${id}`,
};

/**
 * Keeps notifications that belong to no call until the client has a stream open for them. The SDK drops them, but a
 * client opens that stream only after it has connected, and again whenever it breaks, and would miss changes in
 * between. With peers the stream may be opened at any of them, so none keeps anything: all that may have been missed is
 * announced there.
 */
export class SessionTransport extends WebStandardStreamableHTTPServerTransport {
  /** By their text, because two equal updates say no more than one. */
  readonly #unheard = new Map<string, JSONRPCMessage>();
  /** The response that currently carries them. */
  #stream: Response | undefined;
  #peers: Peers | undefined;
  /** The client's requests that this process has not answered. */
  readonly #calls = new Set<RequestId>();
  /** Messages on their way to other processes. */
  readonly #leaving = new Set<Promise<void>>();
  #receive: NonNullable<WebStandardStreamableHTTPServerTransport["onmessage"]> = () => {};

  get hasStream(): boolean {
    return this.#stream !== undefined;
  }

  /** To be called once a server is connected. */
  share(peers: Peers): void {
    this.#peers = peers;
    this.#receive = this.onmessage ?? this.#receive;
    this.onmessage = (message, extra) => {
      const entry = this.#forAnother(message);
      if (entry === null) {
        if ("method" in message && "id" in message) {
          this.#calls.add(message.id);
        }
        this.#receive(this.#asSent(message), extra);
      } else {
        this.#leaving.add(peers.leave(entry, message));
      }
    };
  }

  /** Whether what was left under this name is for this process. */
  awaits(entry: string): boolean {
    const isAnswer = this.#peers !== undefined && entry.startsWith(mailFor.answered(`${this.#peers.name}.`));
    return isAnswer || [...this.#calls].some((id) => entry === mailFor.cancelled(id));
  }

  /** Takes a message that another process received. */
  take(message: JSONRPCMessage): void {
    this.#receive(this.#asSent(message));
  }

  override async send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    if (!("method" in message) && message.id !== undefined) {
      this.#calls.delete(message.id);
    }
    const belongsToNoCall = "method" in message && !("id" in message) && options?.relatedRequestId === undefined;
    if (belongsToNoCall && this.#stream === undefined) {
      if (this.#peers === undefined && this.#unheard.size < maxUnheard) {
        this.#unheard.set(JSON.stringify(message), message);
      }
      return;
    }
    await super.send(this.#asOurs(message), options);
  }

  override async handleRequest(
    ...args: Parameters<WebStandardStreamableHTTPServerTransport["handleRequest"]>
  ): Promise<Response> {
    const [{ method }] = args;
    let response = await super.handleRequest(...args);
    if (method === "GET" && response.status === 409) {
      // A stream still seems open: a client that opens another has lost the connection to it.
      this.closeStandaloneSSEStream();
      response = await super.handleRequest(...args);
    }
    // Acknowledged once it has reached the other process, or is where that will find it.
    const leaving = [...this.#leaving];
    this.#leaving.clear();
    await Promise.all(leaving);
    if (method !== "GET" || response.status !== 200) {
      return response;
    }
    this.#stream = response;
    const waiting = [...this.#unheard.values()];
    this.#unheard.clear();
    for (const message of waiting) {
      await super.send(message);
    }
    return whenBodyEnds(response, () => {
      if (this.#stream === response) {
        this.#stream = undefined;
      }
    });
  }

  /** What to leave a message under that another process waits for; null if it is for this one. */
  #forAnother(message: JSONRPCMessage): string | null {
    if (!("method" in message)) {
      const id = String(message.id);
      return id.startsWith(`${this.#peers?.name}.`) ? null : mailFor.answered(id);
    }
    if (message.method !== "notifications/cancelled" || "id" in message) {
      return null;
    }
    const id = message.params?.requestId as RequestId;
    return this.#calls.has(id) ? null : mailFor.cancelled(id);
  }

  /** A message with the number of our request in place of what the client knows it by. */
  #asSent(message: JSONRPCMessage): JSONRPCMessage {
    return this.#peers === undefined || "method" in message
      ? message
      : { ...message, id: Number(String(message.id).slice(this.#peers.name.length + 1)) };
  }

  /** A message that names our request so that no other process has one of the same name. */
  #asOurs(message: JSONRPCMessage): JSONRPCMessage {
    if (this.#peers === undefined || !("method" in message)) {
      return message;
    }
    const named = (id: unknown) => `${this.#peers?.name}.${id}`;
    if ("id" in message) {
      return { ...message, id: named(message.id) };
    }
    return message.method === "notifications/cancelled"
      ? { ...message, params: { ...message.params, requestId: named(message.params?.requestId) } }
      : message;
  }
}
