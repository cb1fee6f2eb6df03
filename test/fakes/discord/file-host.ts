import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import type { Clock } from "@toolcast/core/engine";
import { closeServer, listen } from "../loopback-server.ts";
import { discordLimits } from "./limits.ts";
import type { StoredFile, World } from "./world.ts";

/** Discord's file host: a separate origin, whose addresses are signed and expire. */
export interface FileHost {
  readonly url: string;
  /** A freshly signed address. */
  link(file: StoredFile): string;
  /** Requested paths, in order, with their status. */
  readonly requests: { readonly method: string; readonly path: string; readonly status: number }[];
  /** The next `times` requests get `status` instead of the file. */
  failNext(status: number, times?: number): void;
  close(): Promise<void>;
}

export async function startFileHost(clock: Clock, world: World): Promise<FileHost> {
  const requests: { method: string; path: string; status: number }[] = [];
  const failures: number[] = [];
  const sign = (path: string, until: string, since: string) =>
    createHmac("sha256", "file host").update(`${path} ${until} ${since}`).digest("hex");

  function fileOf(url: URL): StoredFile | null {
    const until = url.searchParams.get("ex") ?? "";
    const signature = Buffer.from(url.searchParams.get("hm") ?? "");
    const expected = Buffer.from(sign(url.pathname, until, url.searchParams.get("is") ?? ""));
    const genuine = signature.length === expected.length && timingSafeEqual(signature, expected);
    if (!genuine || Number.parseInt(until, 16) * 1000 <= clock.now()) {
      return null;
    }
    return [...world.attachments.values()].find((file) => file.path === url.pathname) ?? null;
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const method = request.method ?? "GET";
    const refused = failures.shift();
    const file = refused === undefined ? fileOf(url) : null;
    const status = refused ?? (file === null ? 404 : 200);
    requests.push({ method, path: url.pathname, status });
    if (file === null) {
      response.writeHead(status, { "content-type": "text/plain;charset=UTF-8" });
      response.end("This content is no longer available.");
      return;
    }
    response.writeHead(200, { "content-type": file.contentType, "content-length": file.bytes.byteLength });
    response.end(method === "HEAD" ? undefined : file.bytes);
  });
  const url = `http://127.0.0.1:${await listen(server)}`;

  return {
    url,
    requests,
    link(file) {
      const seconds = Math.floor(clock.now() / 1000);
      const since = seconds.toString(16);
      const until = (seconds + discordLimits.fileLinkLivesMs / 1000).toString(16);
      return `${url}${file.path}?ex=${until}&is=${since}&hm=${sign(file.path, until, since)}&`;
    },
    failNext(status, times = 1) {
      failures.push(...Array<number>(times).fill(status));
    },
    close: () => closeServer(server),
  };
}
