import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import { systemClock } from "@toolcast/core";
import type { Clock } from "@toolcast/core/engine";
import { requestHeadTimeoutMs, requestTimeoutMs } from "@toolcast/core/surface";
import { isLoopback } from "./access.ts";
import type { WebSurface } from "./web-surface.ts";

/** How long a connection may stay open after `close`, in milliseconds. */
const stragglersMs = 2_000;

export interface ServeWebOptions {
  /** The console to serve. */
  web: WebSurface;
  /** From 1 to 65,535, or 0 for any free port. */
  port: number;
  /** Default `127.0.0.1`. Anything but a loopback address needs a console with a token. */
  host?: string;
  /**
   * Called first; null passes the request on to the console. For the runtime's media and callbacks on the same port.
   * Default: every request goes to the console.
   */
  before?: (request: Request) => Promise<Response | null>;
  /** Measures how long connections stay open after `close`. Default: the machine's clock. */
  clock?: Clock;
}

export interface WebServer {
  /** The address to open, e.g. `http://127.0.0.1:3000`. */
  url: string;
  port: number;
  /** Takes no new requests, ends open event streams and resolves once the last answer has been sent. */
  close(): Promise<void>;
}

/**
 * Listens. Rejects when the port is taken, and, before listening, when others could reach the address without a token.
 */
export async function serveWeb(options: ServeWebOptions): Promise<WebServer> {
  const { web, port, host = "127.0.0.1", before, clock = systemClock } = options;
  if (!isLoopback(host) && !web.needsToken) {
    throw new RangeError(`The console may listen on ${host} only with a token: others could reach it there.`);
  }
  const server = createAdaptorServer({
    createServer,
    // Closes sockets that send nothing or too slowly, here as on the public listener.
    serverOptions: { requestTimeout: requestTimeoutMs, headersTimeout: requestHeadTimeoutMs },
    // Uses Node's own classes: the server library must not replace Request and Response for the whole process.
    overrideGlobalObjects: false,
    fetch: async (request, { incoming }) =>
      (await before?.(request)) ??
      web.fetch(request, { remoteAddress: (incoming as HttpBindings["incoming"]).socket.remoteAddress }),
  }) as Server;
  let isClosing = false;
  server.on("request", (_, response: ServerResponse) => {
    response.once("close", () => {
      if (isClosing) {
        server.closeIdleConnections();
      }
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${actual}`,
    port: actual,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        isClosing = true;
        web.endStreams();
        server.closeIdleConnections();
        // Downloads and unfinished requests keep their connections no longer than a stopping process waits.
        clock.setTimer(stragglersMs, () => server.closeAllConnections());
      }),
  };
}
