import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEmulator, type Emulator } from "emulate";
import { Keyv } from "keyv";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { StorageError } from "../errors/storage-error.ts";
import { systemRandom } from "../ground/random.ts";
import type { Asset } from "./media.ts";
import { MediaBucket, UnusableBucket } from "./media-bucket.ts";
import { createMediaStore, type MediaStore } from "./store.ts";

const png = readFileSync(new URL("../../fixtures/picture.png", import.meta.url));
const about = { owner: "ann", maxBytes: 100_000 };
const retentionMs = 60_000;

/** A server of the protocol that somebody else wrote; it accepts every signature. */
let service: Emulator;
/** Answers in place of the service, as it or the network would. */
let trouble: (() => Promise<Response>) | null;
let requests: string[];
let directory: string;
let state: Keyv;
let nowMs: number;
let here: MediaStore;
let there: MediaStore;

beforeAll(async () => {
  service = await createEmulator({
    service: "aws",
    port: await freePort(),
    seed: { aws: { region: "us-east-1", s3: { buckets: [{ name: "media" }] } } },
  });
});
afterAll(() => service.close());

beforeEach(() => {
  service.reset();
  trouble = null;
  requests = [];
  directory = mkdtempSync(join(tmpdir(), "toolcast-bucket-"));
  state = new Keyv({ throwOnErrors: true });
  nowMs = Date.now();
  [here, there] = [host("here", bucket()), host("there", bucket())];
});
afterEach(() => rmSync(directory, { recursive: true }));

const address = () => ({ url: `${service.url}/media`, accessKeyId: "AKIAEXAMPLE", secretAccessKey: "not-a-key" });

function bucket(installation = "ours"): MediaBucket {
  return new MediaBucket({
    ...{ ...address(), installation, region: "us-east-1" },
    fetch: (input, init) => {
      requests.push(`${init?.method} ${new URL(String(input)).pathname.split(/[/.]/).at(-1)}`);
      return trouble?.() ?? fetch(input, init);
    },
  });
}

/** A host of the installation, with a disk of its own. */
function host(name: string, shared?: MediaBucket): MediaStore {
  return createMediaStore({
    ...{ directory: join(directory, name), bucket: shared, state, random: systemRandom, retentionMs },
    clock: { now: () => nowMs, monotonic: () => nowMs, setTimer: () => () => {} },
    http: {
      request: () => Promise.reject(new Error("unused")),
      download: () => Promise.reject(new Error("unused")),
      converse: () => Promise.reject(new Error("unused")),
      close: async () => {},
    },
  });
}

const refuse = (status: number, code: string) => async () =>
  new Response(`<?xml version="1.0"?><Error><Code>${code}</Code></Error>`, {
    status,
    headers: { "content-type": "application/xml" },
  });
const disconnect = () => Promise.reject(new TypeError("fetch failed"));
const isReadable = (store: MediaStore, asset: Asset) =>
  store.bytes(asset).then(
    (bytes) => Buffer.compare(bytes, png) === 0,
    () => false,
  );

// @verifies media.shared
it("what one host has stored another reads, whole or in part, and copies once", async () => {
  const asset = await here.keep(png, about);
  expect(existsSync(there.pathOf(asset))).toBe(false);
  requests = [];
  const [path, bytes] = await Promise.all([there.wholeFile(asset), there.bytes(asset)]);
  expect([readFileSync(path).equals(png), Buffer.from(bytes).equals(png)]).toEqual([true, true]);
  const part: Buffer[] = [];
  for await (const chunk of there.open(asset, { start: 1, end: 3 })) {
    part.push(chunk);
  }
  expect(Buffer.concat(part).toString("latin1")).toBe("PNG");
  expect(requests).toEqual(["GET png"]);
});

// @verifies media.shared
it("the same content is sent once, whoever stores it", async () => {
  await here.keep(png, about);
  await there.keep(png, { ...about, owner: "bob" });
  expect(requests.filter((request) => request.startsWith("PUT"))).toHaveLength(1);
});

// @verifies media.shared
it("a result that one host has stored is not stored again by the host that takes over its job", async () => {
  const made = { ...about, origin: { jobId: "job_1", step: "render", index: 0 } };
  const { id } = await here.keep(png, made);
  expect((await there.keep(png, made)).id).toBe(id);
});

// @verifies media.shared
it("deleted by its owner on one host, it is gone from the bucket and from every disk", async () => {
  const asset = await here.keep(png, about);
  await there.bytes(asset);
  await there.sweep(async () => true);
  await here.forget([asset], [asset]);
  await there.sweep(async () => true);
  expect([existsSync(here.pathOf(asset)), existsSync(there.pathOf(asset))]).toEqual([false, false]);
  expect(await isReadable(here, asset)).toBe(false);
  expect(await here.inventory(1)).toMatchObject({ setAside: 0 });
});

// @verifies media.shared
it("what no record names is set aside and comes back with its record, even meanwhile", async () => {
  const asset = await here.keep(png, about);
  await state.delete(asset.id);
  expect(await there.sweep(async () => true)).toMatchObject({ setAside: 1 });
  expect(await there.inventory(1)).toMatchObject({ setAside: 1 });
  await state.set(asset.id, asset);
  expect(await isReadable(host("third", bucket()), asset)).toBe(true);
  expect(await here.sweep(async () => true)).toMatchObject({ putBack: 1, setAside: 0 });
  await state.delete(asset.id);
  await here.sweep(async () => true);
  nowMs = Date.now() + retentionMs + 1_000;
  await here.sweep(async () => true);
  expect(await here.inventory(1)).toMatchObject({ setAside: 0 });
});

// @verifies media.shared
it("content stored by one host while another sweeps it away stays", async () => {
  const before = await here.keep(png, about);
  await state.delete(before.id);
  let stored: Asset | undefined;
  const shared = new MediaBucket({
    ...{ ...address(), installation: "ours" },
    fetch: async (input, init) => {
      // The record appears between the sweep's reading of the records and its removal of the object.
      if (init?.method === "PUT" && stored === undefined) {
        stored = await host("third", bucket()).keep(png, about);
      }
      return fetch(input, init);
    },
  });
  await host("sweeper", shared).sweep(async () => true);
  expect(await isReadable(host("fourth", bucket()), stored!)).toBe(true);
});

// @verifies media.shared
it("media from before there was a bucket are put into it by the first sweep", async () => {
  const asset = await host("here").keep(png, about);
  expect(await isReadable(there, asset)).toBe(false);
  await here.sweep(async () => true);
  expect(await isReadable(there, asset)).toBe(true);
});

// @verifies media.shared
it("while the bucket is away nothing is stored and the condition says so; what is on the disk can be read", async () => {
  const asset = await here.keep(png, about);
  trouble = disconnect;
  await expect(here.keep(png, { ...about, owner: "bob" })).rejects.toBeInstanceOf(StorageError);
  expect((await here.condition()).trouble?.failure.sentence).toEqual({ key: "storage.bucket" });
  await expect(there.bytes(asset)).rejects.toBeInstanceOf(StorageError);
  expect(await isReadable(here, asset)).toBe(true);
  await expect(here.prepare()).resolves.toBeUndefined();
  trouble = refuse(503, "SlowDown");
  await expect(here.prepare()).resolves.toBeUndefined();
  trouble = null;
  nowMs += 5_000;
  expect((await here.condition()).trouble).toBeNull();
  expect(await isReadable(there, asset)).toBe(true);
});

// @verifies media.shared
it("a bucket that refuses this installation stops the start, and says what to check without the key", async () => {
  trouble = refuse(403, "AccessDenied");
  const error = await here.prepare().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UnusableBucket);
  expect(String(error)).toMatch(/HTTP 403.*S3_BUCKET/);
  expect(JSON.stringify(error) + String((error as Error).cause)).not.toContain("not-a-key");
});

// @verifies media.shared
it("another installation does not take the bucket, whose media it would set aside", async () => {
  await here.prepare();
  await there.prepare();
  await expect(host("theirs", bucket("theirs")).prepare()).rejects.toThrow("another installation");
});

// @verifies media.shared
it("an object that was damaged on its way is not taken for the medium", async () => {
  const asset = await here.keep(png, about);
  trouble = async () => new Response(png.subarray(0, 100));
  await expect(there.bytes(asset)).rejects.toThrow("is damaged");
  trouble = null;
  expect(await isReadable(there, asset)).toBe(true);
  writeFileSync(there.pathOf(asset), png.subarray(0, 10));
  expect(await isReadable(there, asset)).toBe(true);
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
