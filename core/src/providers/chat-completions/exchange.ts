import { type Http, type HttpAnswer, HttpError, type HttpRequest } from "../../http/http.ts";

/** One request to a chat model, made by a library but sent by us. */
export interface ChatExchange {
  /** What the library sends with. It can do so once: a second request would be paid a second time. */
  fetch: typeof fetch;
  /** Whether the library has sent anything. */
  asked(): boolean;
  /** Waits until the answer has ended, however it did; the error if there is none. */
  ended(): Promise<HttpAnswer | HttpError | undefined>;
  /** What has arrived of the answer's body. */
  heard(): string;
}

/** The request apart from what the library writes, which is the body. */
type Prepared = Omit<HttpRequest, "method" | "body" | "onPart">;

/**
 * Sends through `http`, to the prepared address and with the prepared headers only: the library reads environment
 * variables of its own that add headers or lead elsewhere. The library is given only a stream of events; whatever else
 * comes is for the caller to read.
 */
export function createChatExchange(prepared: Prepared, http: Pick<Http, "request">): ChatExchange {
  const parts: Uint8Array[] = [];
  let exchange: Promise<HttpAnswer | HttpError> | undefined;

  function send(body: string, signal: AbortSignal | null | undefined): Promise<Response> {
    const opened = Promise.withResolvers<Response>();
    let events: ReadableStreamDefaultController<Uint8Array> | undefined;
    const open = (headers: Record<string, string>) => {
      const stream = new ReadableStream<Uint8Array>({
        start: (controller) => {
          events = controller;
        },
        cancel: () => {
          events = undefined;
        },
      });
      opened.resolve(new Response(stream, { headers }));
    };
    const signals = [prepared.signal, signal].filter((one) => one instanceof AbortSignal);
    const answering = http.request({
      ...prepared,
      method: "POST",
      body,
      signal: AbortSignal.any(signals),
      onPart(part, { status, headers }) {
        if (parts.length === 0 && status === 200 && headers["content-type"]?.startsWith("text/event-stream")) {
          open(headers);
        }
        parts.push(part);
        events?.enqueue(part);
      },
    });
    exchange = answering.then(
      (answer) => {
        events?.close();
        opened.reject(new Error("the answer is no stream of events"));
        return answer;
      },
      (error: unknown) => {
        events?.error(error);
        opened.reject(error);
        if (error instanceof HttpError) {
          return error;
        }
        throw error;
      },
    );
    exchange.catch(() => {});
    return opened.promise;
  }

  return {
    async fetch(_address, init) {
      if (exchange !== undefined || typeof init?.body !== "string") {
        throw new Error("a question is sent once, as text");
      }
      return send(init.body, init.signal);
    },
    asked: () => exchange !== undefined,
    ended: async () => exchange,
    heard: () => Buffer.concat(parts).toString("utf8"),
  };
}
