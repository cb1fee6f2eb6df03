import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FormTooLarge, MalformedForm, readUploadForm } from "./upload-form.ts";

// @verifies sandbox.vendors-sdk, safe.body-caps

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "toolcast-upload-form-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** A form as the platform writes it. */
async function written(fields: [string, string | Blob][]): Promise<{ contentType: string; bytes: Buffer }> {
  const form = new FormData();
  for (const [name, value] of fields) form.append(name, value);
  const request = new Response(form);
  return { contentType: request.headers.get("content-type")!, bytes: Buffer.from(await request.arrayBuffer()) };
}

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.byteLength; start += size) {
    yield bytes.subarray(start, start + size);
  }
}

const read = (bytes: Buffer, contentType: string, size = 1 << 16, maxBytes = 1 << 30) =>
  readUploadForm(inPieces(bytes, size), { contentType, directory, maxBytes });

test.each([1, 7, 63, 4096, 1 << 20])("a form is the same in pieces of %i bytes", async (size) => {
  // Full of what looks like the beginning of a delimiter.
  const content = Buffer.concat([Buffer.from("\r\n--\r\n-\r\r\n---"), randomBytes(5_000), Buffer.from("\r\n--")]);
  const { contentType, bytes } = await written([
    ["key", "目录/a.mp4"],
    ["empty", ""],
    ["file", new Blob([content])],
  ]);
  const { names, fields, file } = await read(bytes, contentType, size);
  expect(names).toEqual(["key", "empty", "file"]);
  expect([...fields]).toEqual([
    ["key", "目录/a.mp4"],
    ["empty", ""],
  ]);
  expect(file).toMatchObject({ name: "file", bytes: content.byteLength });
  expect(readFileSync(file!.path).equals(content)).toBe(true);
});

test("a large file is never in memory as a whole", async () => {
  const { contentType, bytes } = await written([["file", new Blob(["x"])]]);
  const [head, tail] = [bytes.subarray(0, bytes.lastIndexOf("x")), bytes.subarray(bytes.lastIndexOf("x") + 1)];
  const piece = randomBytes(1 << 20);
  let most = 0;
  async function* body(): AsyncGenerator<Uint8Array> {
    yield head;
    for (let count = 0; count < 200; count += 1) {
      yield piece;
      most = Math.max(most, process.memoryUsage().arrayBuffers);
    }
    yield tail;
  }
  const before = process.memoryUsage().arrayBuffers;
  const { file } = await readUploadForm(body(), { contentType, directory, maxBytes: 1 << 30 });
  expect(file?.bytes).toBe(200 << 20);
  expect(most - before).toBeLessThan(100 << 20);
});

test.each([
  ["longer than allowed", FormTooLarge, (bytes: Buffer) => bytes],
  ["cut off", MalformedForm, (bytes: Buffer) => bytes.subarray(0, 800)],
  ["none", MalformedForm, () => Buffer.from("x")],
])("a form that is %s leaves no file", async (_name, expected, spoilt) => {
  const { contentType, bytes } = await written([["file", new Blob([randomBytes(5_000)])]]);
  await expect(read(spoilt(bytes), contentType, 100, 2_000)).rejects.toThrow(expected);
  await expect(read(bytes, "text/plain")).rejects.toThrow(MalformedForm);
  expect(readdirSync(directory)).toEqual([]);
});
