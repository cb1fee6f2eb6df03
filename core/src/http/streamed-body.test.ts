import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { systemRandom } from "../ground/random.ts";
import type { HttpRequest } from "./http.ts";
import { multipartForm } from "./multipart-form.ts";
import { fileBody, type StreamedBody } from "./streamed-body.ts";
import { createUndiciHttp } from "./undici-http.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) {
    await close();
  }
});

const mebibyte = 1024 * 1024;

/** Posts to a server that does what the test says with the request. */
async function post(listener: RequestListener, body: HttpRequest["body"], headers: Record<string, string> = {}) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const http = createUndiciHttp({ trustedHosts: () => [host] });
  closing.push(
    () => new Promise((resolve) => server.close(resolve)),
    () => server.closeAllConnections(),
    () => http.close(),
  );
  const url = `http://${host}/store`;
  return http.request({ method: "POST", url, body, headers, trust: "configured", timeoutMs: 20_000, maxBytes: 1_000 });
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

// @verifies media.streamed
it("holds little of a body in memory, however slowly it is taken", async () => {
  const bytes = 96 * mebibyte;
  let read = 0;
  let taken = 0;
  let mostHeld = 0;
  const body: StreamedBody = {
    bytes,
    async *open() {
      for (; read < bytes; read += mebibyte) {
        mostHeld = Math.max(mostHeld, read - taken);
        yield new Uint8Array(mebibyte);
      }
    },
  };
  const answer = await post(async (request, response) => {
    for await (const chunk of request) {
      taken += chunk.length;
      await new Promise(setImmediate);
    }
    response.end(request.headers["content-length"]);
  }, body);
  expect(answer.text()).toBe(String(bytes));
  expect(taken).toBe(bytes);
  // What the two ends of a connection buffer, with room to spare.
  expect(mostHeld).toBeLessThan(24 * mebibyte);
});

// @verifies media.streamed
it("sends a file in a form whose size is known before it is read", async () => {
  const directory = mkdtempSync(join(tmpdir(), "toolcast-body-"));
  closing.push(() => rmSync(directory, { recursive: true }));
  const path = join(directory, "video.mp4");
  const content = Buffer.from("moov".repeat(100_000));
  writeFileSync(path, content);
  const file = { name: "file", fileName: '夜"\r\n.mp4', type: "video/mp4", content: fileBody(path, content.length) };
  const { contentType, body } = multipartForm([{ name: "key", content: "a/夜" }, file], systemRandom);
  let sent = new Uint8Array();
  let announced: string | undefined;
  await post(
    async (request, response) => {
      announced = request.headers["content-length"];
      sent = new Uint8Array(await read(request));
      response.end();
    },
    body,
    { "content-type": contentType },
  );
  expect(sent.length).toBe(body.bytes);
  expect(announced).toBe(String(body.bytes));
  const form = await new Response(sent, { headers: { "content-type": contentType } }).formData();
  expect(form.get("key")).toBe("a/夜");
  const received = form.get("file") as File;
  expect([received.name, received.type]).toEqual(['夜"\r\n.mp4', "video/mp4"]);
  expect(Buffer.from(await received.arrayBuffer()).equals(content)).toBe(true);
});

// @verifies media.streamed
it("fails with the disk's own error if the file cannot be read", async () => {
  const gone = fileBody(join(tmpdir(), "toolcast-there-is-no-such-file"), 10);
  const failure = await post((_request, response) => void response.end(), gone).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: "ENOENT" });
});

// @verifies media.streamed
it("never sends a file that is shorter than announced as whole", async () => {
  let isComplete = false;
  const body: StreamedBody = {
    bytes: 100,
    async *open() {
      yield new Uint8Array(99);
    },
  };
  const failure = await post((request, response) => {
    request.on("end", () => {
      isComplete = true;
    });
    request.resume();
    request.on("end", () => response.end());
  }, body).catch((error: unknown) => error);
  expect(failure).toMatchObject({ reason: "protocol" });
  expect(isComplete).toBe(false);
});
