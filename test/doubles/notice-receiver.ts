import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Json } from "@toolcast/core";
import { afterAll, beforeAll } from "vitest";

/** Receives completion notices while the tests of a file run. */
export interface NoticeReceiver {
  addressOf(name: string): string;
  /** What was posted to the address with this name. */
  posted(name: string): Json[];
}

export function receiveNotices(): NoticeReceiver {
  const notices = new Map<string, Json[]>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk);
    }
    const name = request.url?.slice(1) ?? "";
    notices.set(name, [...(notices.get(name) ?? []), JSON.parse(Buffer.concat(chunks).toString())]);
    response.end("success");
  });
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  return {
    addressOf: (name) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}`,
    posted: (name) => notices.get(name) ?? [],
  };
}
