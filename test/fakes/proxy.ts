import { createServer, request } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { closeServer, listen } from "./loopback-server.ts";

/** A forward proxy on loopback. Names ending in `.test` resolve to this machine, on the requested port. */
export interface FakeProxy {
  /** With user name and password. */
  url: string;
  /** The requests, in order: `CONNECT host:port`, or the method and the full address. */
  asked: string[];
  /** The credentials in each request. */
  credentials: (string | undefined)[];
  /** How many tunnels are open. */
  tunnels(): number;
  close(): Promise<void>;
}

export async function startProxy(): Promise<FakeProxy> {
  const asked: string[] = [];
  const credentials: (string | undefined)[] = [];
  const note = (what: string, given: string | undefined) => {
    asked.push(what);
    credentials.push(given);
  };
  /** A server forgets the sockets of its tunnels. */
  const tunnels = new Set<Duplex>();
  const server = createServer((incoming, answer) => {
    const address = incoming.url ?? "";
    note(`${incoming.method} ${address}`, incoming.headers["proxy-authorization"]);
    const { port, pathname, search, host } = new URL(address);
    const { "proxy-authorization": _own, ...headers } = incoming.headers;
    const forwarded = request(
      { host: "127.0.0.1", port, path: `${pathname}${search}`, method: incoming.method, headers: { ...headers, host } },
      (back) => {
        answer.writeHead(back.statusCode ?? 502, back.headers);
        back.pipe(answer);
      },
    );
    forwarded.on("error", () => answer.destroy());
    incoming.pipe(forwarded);
  });
  server.on("connect", ({ url = "", headers }, socket) => {
    note(`CONNECT ${url}`, headers["proxy-authorization"]);
    const through = connect(Number(url.split(":").at(-1)), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      through.pipe(socket);
      socket.pipe(through);
    });
    tunnels.add(socket);
    through.on("error", () => socket.destroy());
    socket.on("error", () => through.destroy());
    socket.on("close", () => {
      tunnels.delete(socket);
      through.destroy();
    });
  });
  const port = await listen(server);
  return {
    url: `http://ada:open-sesame@127.0.0.1:${port}`,
    asked,
    credentials,
    tunnels: () => tunnels.size,
    close() {
      for (const tunnel of tunnels) {
        tunnel.destroy();
      }
      return closeServer(server);
    },
  };
}
