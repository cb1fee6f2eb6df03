import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { writeWav } from "../media/wav.ts";
import { samples } from "../samples.ts";

export interface MediaHost {
  url: string;
  /** The files by path; anything else is 404. */
  files: Map<string, Buffer>;
  /** Every body posted here, with its path. */
  posts: { path: string; body: Record<string, unknown> }[];
  /** Statuses for the next posts; 200 afterwards. */
  postStatuses: number[];
  close(): Promise<void>;
}

/** The caller's server for the vendor's downloads and callbacks, with `/face.mp4` and `/voice.wav`. */
export async function openMediaHost(): Promise<MediaHost> {
  const files = new Map<string, Buffer>([
    ["/face.mp4", await readFile(samples.video)],
    ["/voice.wav", await readFile(samples.voice)],
  ]);
  const posts: MediaHost["posts"] = [];
  const postStatuses: number[] = [];
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    if (request.method === "POST") {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      posts.push({ path, body: JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown> });
      response.writeHead(postStatuses.shift() ?? 200).end("ok");
      return;
    }
    const file = files.get(decodeURIComponent(path));
    response.writeHead(file ? 200 : 404).end(file);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    files,
    posts,
    postStatuses,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function silence(seconds: number): Buffer {
  return writeWav(new Int16Array(Math.round(seconds * 16_000)));
}
