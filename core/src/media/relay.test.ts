import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Keyv } from "keyv";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemRandom } from "../ground/random.ts";
import type { Asset } from "./media.ts";
import { createRelay, type Relay } from "./relay.ts";
import { serveAsset } from "./serve-asset.ts";
import { createMediaStore, type MediaStore } from "./store.ts";

const png = readFileSync(new URL("../../fixtures/picture.png", import.meta.url));
const wav = readFileSync(new URL("../../fixtures/tone.wav", import.meta.url));
const about = { owner: "ann", maxBytes: 100_000 };
const refuse = () => Promise.reject(new Error("unused"));

let directory: string;
let state: Keyv;
let store: MediaStore;
let asset: Asset;
let served: Set<string>;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "toolcast-relay-"));
  state = new Keyv();
  const clock = { now: () => 1, monotonic: () => 1, setTimer: () => () => {} };
  const http = { request: refuse, download: refuse, converse: refuse, close: async () => {} };
  store = createMediaStore({ directory, state, clock, random: systemRandom, http, retentionMs: 1 });
  asset = await store.keep(png, about);
  served = new Set([asset.id]);
});
afterEach(() => rmSync(directory, { recursive: true }));

function relay(baseUrl: string | null = "https://bot.example", keyByte = 7): Relay {
  const key = new Uint8Array(32).fill(keyByte);
  return createRelay({ store, state, key, baseUrl: () => baseUrl, isServed: async (id) => served.has(id) });
}

describe("publish", () => {
  // @verifies media.stable-address
  it("gives equal content one address that does not expire, and a different one for other content or another key", async () => {
    const address = await relay().publish(asset);
    expect(address).toMatch(/^https:\/\/bot\.example\/media\/[\w-]{43}\.png$/);
    expect(address).not.toContain(asset.hash);
    const same = await store.keep(png, { ...about, owner: "bob" });
    expect(await relay("https://bot.example/").publish(same)).toBe(address);
    expect(await relay().publish(await store.keep(wav, about))).not.toBe(address);
    expect(await relay("https://bot.example", 8).publish(asset)).not.toBe(address);
  });

  it("throws without a public address", async () => {
    await expect(relay(null).publish(asset)).rejects.toThrow("no public address");
  });
});

describe("handle", () => {
  const get = (address: string, headers: Record<string, string> = {}, method = "GET") =>
    new Request(address, { headers, method });
  const answer = async (request: Request) => (await relay().handle(request)) ?? expect.fail("not the relay's path");

  // @verifies media.ranges
  it("serves what is published, whole", async () => {
    const response = await answer(get(await relay().publish(asset)));
    expect(response.status).toBe(200);
    expect(Buffer.from(await response.arrayBuffer()).equals(png)).toBe(true);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "accept-ranges": "bytes",
      "content-disposition": "inline",
      "content-length": String(png.length),
      "content-type": "image/png",
      etag: `"${asset.hash}"`,
      "x-content-type-options": "nosniff",
    });
  });

  it.each([
    ["bytes=0-0", 206, [0, 0]],
    ["bytes=1-3", 206, [1, 3]],
    [`bytes=400-`, 206, [400, png.length - 1]],
    [`bytes=10-99999`, 206, [10, png.length - 1]],
    ["bytes=-5", 206, [png.length - 5, png.length - 1]],
    ["bytes=-99999", 206, [0, png.length - 1]],
    [`bytes=${png.length}-`, 416, null],
    ["bytes=-0", 416, null],
    ["bytes=3-1", 200, [0, png.length - 1]],
    ["bytes=0-1,3-4", 200, [0, png.length - 1]],
    ["lines=1-2", 200, [0, png.length - 1]],
  ])("%s: %i", async (range, status, bytes) => {
    const response = await answer(get(await relay().publish(asset), { range }));
    expect(response.status).toBe(status);
    const expectedRange = bytes === null ? `bytes */${png.length}` : `bytes ${bytes[0]}-${bytes[1]}/${png.length}`;
    expect(response.headers.get("content-range")).toBe(status === 200 ? null : expectedRange);
    const expected = bytes === null ? Buffer.alloc(0) : png.subarray(bytes[0], (bytes[1] ?? 0) + 1);
    expect(Buffer.from(await response.arrayBuffer()).equals(expected)).toBe(true);
  });

  it("obeys If-Range and If-None-Match", async () => {
    const address = await relay().publish(asset);
    const etag = `"${asset.hash}"`;
    expect((await answer(get(address, { range: "bytes=0-0", "if-range": etag }))).status).toBe(206);
    expect((await answer(get(address, { range: "bytes=0-0", "if-range": '"old"' }))).status).toBe(200);
    expect((await answer(get(address, { "if-none-match": `"old", W/${etag}` }))).status).toBe(304);
    expect((await answer(get(address, { "if-none-match": '"old"' }))).status).toBe(200);
  });

  it("answers HEAD with only the headers, and refuses other methods", async () => {
    const address = await relay().publish(asset);
    const head = await answer(get(address, {}, "HEAD"));
    expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([200, String(png.length), ""]);
    expect((await answer(get(address, {}, "POST"))).status).toBe(405);
  });

  it("ignores other paths, and recognizes its own behind a proxy that keeps the path", async () => {
    expect(await relay().handle(get("https://bot.example/healthz"))).toBeNull();
    expect(await relay().handle(get("https://bot.example/bot/media/x.png"))).toBeNull();
    const behind = relay("https://bot.example/bot");
    const address = await behind.publish(asset);
    expect((await behind.handle(get(address)))?.status).toBe(200);
    expect((await behind.handle(get(address.replace("/bot/", "/"))))?.status).toBe(200);
  });

  it("gives the same answer for media that are unknown, unpublished, no longer served, misspelt or gone", async () => {
    const address = await relay().publish(asset);
    const never = (await relay("https://bot.example", 9).publish(asset)).replace(/\.png$/, ".mp4");
    const shape = async (request: Request) => {
      const response = await answer(request);
      return JSON.stringify([response.status, [...response.headers], await response.text()]);
    };
    const shapes = [
      await shape(get("https://bot.example/media/x")),
      await shape(get("https://bot.example/media/../../etc/passwd".replace("..", "%2e%2e%2f"))).catch(() => null),
      await shape(get(never)),
      await shape(get(address.replace(/\.png$/, ".jpg"))),
    ].filter((one) => one !== null);
    served.clear();
    shapes.push(await shape(get(address)));
    served.add(asset.id);
    rmSync(store.pathOf(asset));
    shapes.push(await shape(get(address)));
    expect(new Set(shapes).size).toBe(1);
    expect(shapes[0]).toMatch(/^\[404/);
  });

  it("serves while any asset with the content is served, even one whose publication was overwritten", async () => {
    const address = await relay().publish(asset);
    const other = await store.keep(png, { ...about, owner: "bob" });
    await relay().publish(other);
    expect((await answer(get(address))).status).toBe(200);
    served = new Set([other.id]);
    expect((await answer(get(address))).status).toBe(200);
    const third = await store.keep(png, { ...about, owner: "eve" });
    served = new Set([third.id]);
    expect((await answer(get(address))).status).toBe(200);
  });
});

it("closes the file of an answer that is not read to its end", async () => {
  for (let count = 0; count < 50; count += 1) {
    const response = await serveAsset(new Request("http://x/"), asset, store);
    await response.body?.cancel();
  }
});
