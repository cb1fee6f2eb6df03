import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { requestHeadTimeoutMs, requestTimeoutMs } from "@toolcast/core/surface";

export interface ListenerOptions {
  /** The address to bind to. */
  host: string;
  /** 0 for any free port. */
  port: number;
  answer: (request: Request) => Promise<Response>;
  /**
   * Whether connections end with their next answer, so that whoever keeps one open comes back on a new connection, which
   * a balancer may give to another server. Default: they are kept.
   */
  endsConnections?: () => boolean;
}

export interface Listener {
  port: number;
  close(): Promise<void>;
}

/** An HTTP server with limits on slow requests. Rejects with the system's error when it cannot bind. */
export async function listen({ host, port, answer, endsConnections }: ListenerOptions): Promise<Listener> {
  const server = createServer(
    { requestTimeout: requestTimeoutMs, headersTimeout: requestHeadTimeoutMs },
    getRequestListener(answer, { overrideGlobalObjects: false }),
  );
  server.prependListener("request", (_request, response) => {
    if (endsConnections?.()) {
      response.shouldKeepAlive = false;
    }
  });
  await bind(server, host, port);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        // A download in progress keeps its connection no longer than a stopping process should wait for it.
        setTimeout(() => server.closeAllConnections(), 2_000).unref();
      }),
  };
}

function bind(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
