import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { closeServer, listen } from "./fakes/loopback-server.ts";

/** Passes each request on to one of several servers, in turn. */
export interface LoadBalancer {
  url: string;
  /** Checks this server from now on; resolves once it takes requests. */
  add(server: string): Promise<void>;
  /** Requests that it could not pass on or that a server did not answer. */
  lost: readonly string[];
  /** How many requests each server was given. */
  passed: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

export interface LoadBalancerOptions {
  /** Default 100. */
  checkEveryMs?: number;
  /** Changes a request's headers before it is passed on. Default: as they came. */
  headers?: (headers: IncomingMessage["headers"]) => IncomingMessage["headers"];
}

/**
 * Sends a server requests only while its `/readyz` answers 200. It asks no second server if one refuses the connection
 * or drops it: whatever that loses is in `lost`, and answered 502. What a server answers is passed on as it comes.
 */
export async function startLoadBalancer({
  checkEveryMs = 100,
  headers: changed = (headers) => headers,
}: LoadBalancerOptions = {}): Promise<LoadBalancer> {
  const servers = new Map<string, { ready: boolean }>();
  const lost: string[] = [];
  const given = new Map<string, number>();
  let turn = 0;

  const checkAll = () =>
    Promise.all(
      [...servers].map(async ([server, state]) => {
        state.ready = await fetch(`${server}/readyz`).then(
          ({ status }) => status === 200,
          () => false,
        );
      }),
    );
  let checking: Promise<unknown> = Promise.resolve();
  const checks = setInterval(() => (checking = checkAll()), checkEveryMs);

  function passOn(asked: IncomingMessage, answer: ServerResponse): void {
    const ready = [...servers].flatMap(([server, state]) => (state.ready ? [server] : []));
    turn += 1;
    const server = ready[turn % ready.length];
    const lose = (why: string) => {
      lost.push(`${asked.method} ${asked.url} at ${server ?? "no server"}: ${why}`);
      if (answer.headersSent) {
        answer.destroy();
      } else {
        answer.writeHead(502).end();
      }
    };
    if (server === undefined) {
      lose("none is ready");
      return;
    }
    given.set(server, (given.get(server) ?? 0) + 1);
    // Over a connection of its own.
    const headers = { ...changed(asked.headers), connection: "close" };
    const passed = request(`${server}${asked.url}`, { method: asked.method, headers, agent: false });
    let leftBy: "client" | null = null;
    answer.on("close", () => {
      if (!answer.writableFinished) {
        leftBy = "client";
        passed.destroy();
      }
    });
    const broken = (error: Error) => {
      if (leftBy === null) {
        lose(error.message);
      }
    };
    passed.on("error", broken);
    passed.on("response", (response) => {
      response.on("error", broken);
      answer.writeHead(response.statusCode ?? 502, response.headers);
      answer.flushHeaders();
      response.pipe(answer);
    });
    asked.pipe(passed);
  }

  const own = createServer(passOn);
  const port = await listen(own);
  return {
    url: `http://127.0.0.1:${port}`,
    ...{ lost, passed: given },
    async add(server) {
      const state = { ready: false };
      servers.set(server, state);
      while (!state.ready) {
        await checkAll();
      }
    },
    async close() {
      clearInterval(checks);
      await checking;
      await closeServer(own);
    },
  };
}
