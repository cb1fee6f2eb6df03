import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as it arrived. */
export interface ArrivedRequest {
  /** In capital letters, such as `POST`. */
  method: string;
  /** Path with query. */
  target: string;
  /** Path without query. */
  path: string;
  /** The parsed query. */
  query: URLSearchParams;
  /** By lower-case name. */
  headers: IncomingMessage["headers"];
  /** The whole body as UTF-8; empty if there was none. */
  text: string;
}

/** How the vendor answers a request. */
export type Reply =
  | {
      /** Default 200. */
      status?: number;
      /** Sent as JSON unless it is a string or bytes. */
      body: unknown;
      /** Default `application/json`. */
      contentType?: string;
      /** The `Retry-After` header. Default none. */
      retryAfter?: string;
      /** The `Date` header, epoch milliseconds; null leaves it out. Default: the machine's time. */
      date?: number | null;
    }
  /** Destroys the connection once the whole request has arrived. */
  | "reset"
  /** Never answered. */
  | "hang"
  /** An endless answer. */
  | "giant";

/** A server on loopback that gives exactly the answers a test specifies, right or wrong. */
export interface RawVendor extends AsyncDisposable {
  url: string;
  requests: ArrivedRequest[];
  /** Requests whose path ends like this. */
  to(pathEnd: string): ArrivedRequest[];
  /** Resolves when the next request has arrived completely. */
  arrival(): Promise<ArrivedRequest>;
}

export async function startRawVendor(reply: (request: ArrivedRequest) => Reply): Promise<RawVendor> {
  const requests: ArrivedRequest[] = [];
  const waiting: ((request: ArrivedRequest) => void)[] = [];
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) {
      chunks.push(chunk);
    }
    const url = new URL(incoming.url ?? "/", "http://vendor");
    const request: ArrivedRequest = {
      method: incoming.method ?? "",
      target: incoming.url ?? "",
      path: url.pathname,
      query: url.searchParams,
      headers: incoming.headers,
      text: Buffer.concat(chunks).toString(),
    };
    requests.push(request);
    send(reply(request), response);
    for (const resolve of waiting.splice(0)) {
      resolve(request);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    to: (pathEnd) => requests.filter(({ path }) => path.endsWith(pathEnd)),
    arrival: () => new Promise((resolve) => waiting.push(resolve)),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function send(reply: Reply, response: ServerResponse): void {
  if (reply === "hang") {
    return;
  }
  if (reply === "reset") {
    response.destroy();
    return;
  }
  if (reply === "giant") {
    const block = Buffer.alloc(1024 * 1024, "x");
    const pour = () => {
      while (!response.destroyed && response.write(block)) {
        // Until the reader falls behind.
      }
    };
    response.on("drain", pour);
    pour();
    return;
  }
  const isWhole = typeof reply.body === "string" || reply.body instanceof Uint8Array;
  if (reply.date !== undefined) {
    response.sendDate = false;
  }
  response.writeHead(reply.status ?? 200, {
    "content-type": reply.contentType ?? "application/json",
    ...(reply.retryAfter === undefined ? {} : { "retry-after": reply.retryAfter }),
    ...(typeof reply.date === "number" ? { date: new Date(reply.date).toUTCString() } : {}),
  });
  response.end(isWhole ? reply.body : JSON.stringify(reply.body));
}

/** An address on which nothing listens. */
export async function closedAddress(): Promise<string> {
  const vendor = await startRawVendor(() => "hang");
  await vendor[Symbol.asyncDispose]();
  return vendor.url;
}
