import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { closeServer, listen } from "./fakes/loopback-server.ts";

/** Passes each request on to one of several servers, in turn. */
export interface LoadBalancer {
  url: string;
  add(server: string): void;
  close(): Promise<void>;
}

/**
 * Asks another server if one refuses the connection, or drops it without an answer, and then leaves that one out. A
 * platform's event may so arrive at two servers, as when the platform itself repeats it.
 */
export async function startLoadBalancer(): Promise<LoadBalancer> {
  let servers: string[] = [];
  let turn = 0;

  async function passOn(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of asked) {
      chunks.push(chunk as Buffer);
    }
    const body = Buffer.concat(chunks);
    for (let left = servers.length; left > 0; left -= 1) {
      turn += 1;
      const server = servers[turn % servers.length];
      try {
        const { statusCode = 502, headers, text } = await ask(`${server}${asked.url}`, asked, body);
        answer.writeHead(statusCode, headers).end(text);
        return;
      } catch {
        servers = servers.filter((one) => one !== server);
      }
    }
    answer.writeHead(502).end();
  }

  const own = createServer((asked, answer) => void passOn(asked, answer));
  const port = await listen(own);
  return {
    url: `http://127.0.0.1:${port}`,
    add: (server) => servers.push(server),
    close: () => closeServer(own),
  };
}

/** Over a connection of its own. */
function ask(url: string, { method, headers }: IncomingMessage, body: Buffer) {
  type Answer = Pick<IncomingMessage, "statusCode" | "headers"> & { text: Buffer };
  return new Promise<Answer>((resolve, reject) => {
    const passed = request(url, { method, headers: { ...headers, connection: "close" }, agent: false });
    passed.on("error", reject);
    passed.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("error", reject);
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({ statusCode: response.statusCode, headers: response.headers, text: Buffer.concat(chunks) }),
      );
    });
    passed.end(body);
  });
}
