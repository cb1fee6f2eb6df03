import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { repository } from "../repository.ts";

/** The vendor of `docs/examples/toolcast-inkpress`, on this machine. */
export interface InkpressVendor {
  url: string;
  /** Every poster that was begun, by its headline. */
  begun: string[];
  /** The most posters that were on the presses at once. */
  mostAtOnce(): number;
  /** Where finished posters are said to be; default here. */
  filesAt(url: string): void;
  close(): void;
}

const pressMs = 600;
const picture = join(repository, "core", "fixtures", "picture.png");

/** Knows one key. A headline that holds a code of the vendor's is refused with it, `busy` once only. */
export async function startInkpress(key: string): Promise<InkpressVendor> {
  const begun: string[] = [];
  const ends = new Map<string, number>();
  const refused = new Set<string>();
  let most = 0;
  let files: string | undefined;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? "";
    if (path.startsWith("/files/")) {
      response.writeHead(200, { "content-type": "image/png" });
      response.end(readFileSync(picture));
      return;
    }
    const say = (status: number, body: object) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    };
    const no = (status: number, code: string, message: string) => say(status, { error: { code, message } });
    const given = request.headers.authorization;
    if (given !== `Bearer ${key}`) {
      return no(401, "WrongKey", `nobody has the key ${given?.slice("Bearer ".length)}`);
    }
    if (request.method === "POST" && path === "/posters") {
      const { headline } = JSON.parse(await textOf(request)) as { headline: string };
      if (headline.includes("NoInk")) return no(402, "NoInk", `the account of ${key} has no ink left`);
      if (headline.includes("busy") && !refused.has(headline)) {
        refused.add(headline);
        return no(503, "PressBusy", "all presses are busy");
      }
      const id = `p${begun.length + 1}`;
      begun.push(headline);
      const now = Date.now();
      ends.set(id, now + pressMs);
      most = Math.max(most, [...ends.values()].filter((end) => end > now).length);
      return say(200, { id });
    }
    const [, id = ""] = /^\/posters\/(\w+)$/.exec(path) ?? [];
    const end = ends.get(id);
    if (end !== undefined) {
      const isDone = Date.now() >= end;
      return say(200, isDone ? { state: "done", url: `${files ?? url}/files/${id}.png` } : { state: "pressing" });
    }
    return path === "/account" ? say(200, { owner: "Gutenberg", sheets: 42 }) : no(404, "Unknown", "no such page");
  }

  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    begun,
    mostAtOnce: () => most,
    filesAt(other) {
      files = other;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const part of request.setEncoding("utf8")) text += part;
  return text;
}
