import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Keyv } from "keyv";
import { afterEach, beforeEach, expect, it } from "vitest";
import { systemRandom } from "../ground/random.ts";
import type { Asset } from "./media.ts";
import { MediaLinks } from "./media-links.ts";
import { createMediaStore, type MediaStore } from "./store.ts";

const png = readFileSync(new URL("../../fixtures/picture.png", import.meta.url));
const refuse = () => Promise.reject(new Error("unused"));
const dayMs = 24 * 60 * 60_000;

let directory: string;
let store: MediaStore;
let asset: Asset;
let now = 1_000_000;
const clock = { now: () => now, monotonic: () => now, setTimer: () => () => {} };

beforeEach(async () => {
  now = 1_000_000;
  directory = mkdtempSync(join(tmpdir(), "toolcast-links-"));
  const http = { request: refuse, download: refuse, converse: refuse, close: async () => {} };
  store = createMediaStore({ directory, state: new Keyv(), clock, random: systemRandom, http, retentionMs: dayMs });
  asset = await store.keep(png, { owner: "ann", maxBytes: 100_000 });
});
afterEach(() => rmSync(directory, { recursive: true }));

const links = (baseUrl: string | null = "https://bot.example", keyByte = 7) =>
  new MediaLinks({ store, clock, key: new Uint8Array(32).fill(keyByte), baseUrl: () => baseUrl });
const statusOf = async (url: string, from = links()) => (await from.handle(new Request(url)))?.status;

// @verifies media.links
it("serves the medium, in parts as well and to pages of other origins, until it expires", async () => {
  const link = links().linkTo(asset);
  const url = link?.url ?? "";
  expect(link?.expiresAt).toBeGreaterThanOrEqual(now + 7 * dayMs);
  const answer = await links().handle(new Request(url, { headers: { range: "bytes=0-9" } }));
  expect(answer?.status).toBe(206);
  expect(answer?.headers.get("access-control-allow-origin")).toBe("*");
  expect(new Uint8Array((await answer?.arrayBuffer()) ?? [])).toEqual(new Uint8Array(png.subarray(0, 10)));
  now = (link?.expiresAt ?? 0) + 1;
  expect(await statusOf(url)).toBe(404);
});

// @verifies media.links, safe.owners
it("serves nothing for another medium, a later expiry, another key or a made-up address", async () => {
  const other = await store.keep(png, { owner: "bob", maxBytes: 100_000 });
  const url = links().linkTo(asset)?.url ?? "";
  expect(await statusOf(url.replace(asset.id, other.id))).toBe(404);
  const [, until = ""] = url.split(asset.id)[1]?.split(".") ?? [];
  expect(await statusOf(url.replace(`.${until}.`, ".zzzzzzzz."))).toBe(404);
  expect(await statusOf(url, links("https://bot.example", 8))).toBe(404);
  expect(await statusOf("https://bot.example/links/")).toBe(404);
  expect(await statusOf("https://bot.example/media/x")).toBeUndefined();
});

it("stays the same for a while, does not reveal the owner, and does not exist without a reachable address", () => {
  const first = links().linkTo(asset)?.url;
  now += 60_000;
  expect(links().linkTo(asset)?.url).toBe(first);
  expect(first).not.toContain("ann");
  expect(links(null).linkTo(asset)).toBeNull();
});

// @verifies mcp.look-again
it("signs a medium again for every expiry, however often its link was made before", async () => {
  const made = links();
  const urls = [];
  for (let hour = 0; hour < 3; hour += 1) {
    const url = made.linkTo(asset)?.url ?? "";
    expect(made.linkTo(asset)?.url).toBe(url);
    expect(await statusOf(url)).toBe(200);
    urls.push(url);
    now += 60 * 60_000;
  }
  expect(new Set(urls).size).toBe(3);
});
