import {
  type JSONRPCMessage,
  type TransportSendOptions,
  WebStandardStreamableHTTPServerTransport,
} from "@modelcontextprotocol/server";
import { whenBodyEnds } from "./when-body-ends.ts";

/** Updates of as many resources; who listens to more and opens no stream reads again instead. */
const maxUnheard = 1_000;

/**
 * Keeps notifications that belong to no call until the client has a stream open for them. The SDK drops them, but a
 * client opens that stream only after it has begun, and again whenever it broke: what changed meanwhile is news to it.
 */
export class SessionTransport extends WebStandardStreamableHTTPServerTransport {
  /** By their text, as one update of a resource says no more than two. */
  readonly #unheard = new Map<string, JSONRPCMessage>();
  /** The answer that carries them now. */
  #stream: Response | undefined;

  override async send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    const belongsToNoCall = "method" in message && !("id" in message) && options?.relatedRequestId === undefined;
    if (belongsToNoCall && this.#stream === undefined) {
      if (this.#unheard.size < maxUnheard) {
        this.#unheard.set(JSON.stringify(message), message);
      }
      return;
    }
    await super.send(message, options);
  }

  override async handleRequest(
    ...args: Parameters<WebStandardStreamableHTTPServerTransport["handleRequest"]>
  ): Promise<Response> {
    const [{ method }] = args;
    let response = await super.handleRequest(...args);
    if (method === "GET" && response.status === 409) {
      // One stream is open already, as far as anybody knows here: a client that opens another has lost the line to it.
      this.closeStandaloneSSEStream();
      response = await super.handleRequest(...args);
    }
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
}
