import {
  type JSONRPCMessage,
  type TransportSendOptions,
  WebStandardStreamableHTTPServerTransport,
} from "@modelcontextprotocol/server";
import { whenBodyEnds } from "./when-body-ends.ts";

/** The most resources whose updates are kept; a client with more and no open stream has to read them again. */
const maxUnheard = 1_000;

/**
 * Keeps notifications that belong to no call until the client has a stream open for them. The SDK drops them, but a
 * client opens that stream only after it has connected, and again whenever it breaks, and would miss changes in
 * between.
 */
export class SessionTransport extends WebStandardStreamableHTTPServerTransport {
  /** By their text, because two equal updates say no more than one. */
  readonly #unheard = new Map<string, JSONRPCMessage>();
  /** The response that currently carries them. */
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
      // A stream still seems open: a client that opens another has lost the connection to it.
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
