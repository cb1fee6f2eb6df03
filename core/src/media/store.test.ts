import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Keyv } from "keyv";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { systemRandom } from "../ground/random.ts";
import { type Http, HttpError } from "../http/http.ts";
import type { Asset } from "./media.ts";
import { createMediaStore, type MediaStore } from "./store.ts";

const png = readFileSync(new URL("../../fixtures/picture.png", import.meta.url));
const wav = readFileSync(new URL("../../fixtures/tone.wav", import.meta.url));
const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const about = { owner: "ann", maxBytes: 100_000 };
const origin = { jobId: "job_1", step: "render", index: 0 };
const retentionMs = 1000;

let directory: string;
let state: Keyv;
let nowMs: number;
let download: Http["download"];
let store: MediaStore;

/** Another process on the same directory and state. */
function open(): MediaStore {
  return createMediaStore({
    directory,
    state,
    clock: { now: () => nowMs, monotonic: () => nowMs, setTimer: () => () => {} },
    random: systemRandom,
    http: {
      request: () => Promise.reject(new Error("unused")),
      download: (...given) => download(...given),
      converse: () => Promise.reject(new Error("unused")),
      close: async () => {},
    },
    retentionMs,
  });
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "toolcast-store-"));
  state = new Keyv({ throwOnErrors: true });
  nowMs = 5_000_000;
  download = () => Promise.reject(new Error("unused"));
  store = open();
});
afterEach(() => rmSync(directory, { recursive: true }));

const files = () =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);

async function* chunked(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 100) {
    yield bytes.subarray(at, at + 100);
  }
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

describe("keep", () => {
  it("stores bytes under their hash, with their facts, and leaves nothing else", async () => {
    const asset = await store.keep(chunked(png), { ...about, name: "../sunset.exe" });
    expect(asset).toMatchObject({
      kind: "image",
      type: "image/png",
      width: 40,
      hash: hashOf(png),
      owner: "ann",
      name: "sunset.exe.png",
      createdAt: nowMs,
    });
    expect(asset.id).toMatch(/^asset_[\w-]{22}$/);
    expect(store.pathOf(asset)).toBe(join(directory, asset.hash.slice(0, 2), `${asset.hash}.png`));
    expect(files()).toEqual([`${asset.hash}.png`]);
    expect(Buffer.from(await store.bytes(asset)).equals(png)).toBe(true);
    expect((await textOf(store.open(asset))).equals(png)).toBe(true);
    expect((await textOf(store.open(asset, { start: 1, end: 3 }))).toString()).toBe("PNG");
    expect(await open().read(asset.id)).toEqual(asset);
  });

  it("keeps equal bytes once, under as many ids as requested", async () => {
    const assets = await Promise.all(
      Array.from({ length: 8 }, (_, n) => open().keep(png, { ...about, owner: `o${n}` })),
    );
    expect(new Set(assets.map(({ id }) => id)).size).toBe(8);
    expect(files()).toHaveLength(1);
    expect(await store.withHash(hashOf(png))).toHaveLength(8);
  });

  it("refuses a byte too many and anything that is not a medium, and leaves nothing of either", async () => {
    await expect(store.keep(chunked(png), { ...about, maxBytes: png.length - 1 })).rejects.toMatchObject({
      failure: { kind: "usage", sentence: { key: "media.too-large", values: { limit: { bytes: png.length - 1 } } } },
    });
    await expect(store.keep(Buffer.from("text"), about)).rejects.toMatchObject({
      failure: { sentence: { key: "media.unreadable" } },
    });
    expect(await store.keep(png, { ...about, maxBytes: png.length })).toBeTruthy();
    expect(files()).toHaveLength(1);
    expect(await store.list("ann")).toHaveLength(1);
  });

  it("ends when cancelled", async () => {
    const controller = new AbortController();
    controller.abort(new Error("stopped"));
    await expect(store.keep(png, { ...about, signal: controller.signal })).rejects.toThrow("stopped");
    expect(files()).toEqual([]);
  });

  it("returns an origin's first asset again, without reading the source", async () => {
    const first = await store.keep(png, { ...about, origin });
    const closed = vi.fn();
    const source = { [Symbol.asyncIterator]: () => ({ next: () => expect.fail("read"), return: closed }) };
    expect(await open().keep(source, { ...about, origin })).toEqual(first);
    expect(closed).toHaveBeenCalledOnce();
    expect((await store.keep(png, { ...about, origin: { ...origin, index: 1 } })).id).not.toBe(first.id);
  });

  it("uses the same id again if cut off between the origin's id and the record", async () => {
    const first = await store.keep(png, { ...about, origin });
    await state.delete(first.id);
    expect((await store.keep(png, { ...about, origin })).id).toBe(first.id);
  });

  it("stores an origin again when its file is gone", async () => {
    const first = await store.keep(png, { ...about, origin });
    rmSync(store.pathOf(first));
    expect((await store.keep(png, { ...about, origin })).id).toBe(first.id);
    expect(existsSync(store.pathOf(first))).toBe(true);
  });
});

// @verifies survives.disk-full
describe("the folder's condition", () => {
  it("is looked at by writing, and is at most five seconds old", async () => {
    expect(await store.condition()).toEqual({ trouble: null, freeBytes: expect.any(Number) });
    expect(files()).toEqual([]);
    rmSync(directory, { recursive: true });
    writeFileSync(directory, "not a folder");
    nowMs += 4_999;
    expect((await store.condition()).trouble).toBeNull();
    nowMs += 1;
    expect((await store.condition()).trouble).toMatchObject({
      trouble: "unwritable",
      failure: { sentence: { key: "storage.unwritable" } },
    });
    await expect(store.keep(png, about)).rejects.toThrow();
    rmSync(directory);
    nowMs += 5_000;
    expect((await store.condition()).trouble).toBeNull();
  });

  it.skipIf(process.platform === "win32")("tells a limit that a write has reached as a full disk", async () => {
    const program = `
      import { systemClock, systemRandom } from ${JSON.stringify(new URL("../index.ts", import.meta.url).href)};
      import { Keyv } from "keyv";
      import { createMediaStore } from ${JSON.stringify(new URL("./store.ts", import.meta.url).href)};
      const directory = ${JSON.stringify(directory)};
      const store = createMediaStore({ directory, state: new Keyv(), clock: systemClock, random: systemRandom });
      const about = { owner: "ada", name: "large", maxBytes: 1e9 };
      console.log((await store.keep(new Uint8Array(64 * 1024), about).catch((error) => error)).trouble);
    `;
    const node = `"$0" --conditions=toolcast-source --no-warnings --input-type=module --eval "$1"`;
    const shell = ["-c", `ulimit -f 16 && exec ${node}`, process.execPath, program];
    const { stdout } = await promisify(execFile)("sh", shell, { cwd: import.meta.dirname });
    expect(stdout.trim()).toBe("full");
    expect(files()).toEqual([]);
  });
});

describe("finding", () => {
  it("returns an asset to its owner alone, and reads nothing but assets", async () => {
    const asset = await store.keep(png, { ...about, origin });
    expect(await store.owned(asset.id, "ann")).toEqual(asset);
    expect(await store.owned(asset.id, "bob")).toBeNull();
    for (const id of ["asset_unknown", "asset_0123456789012345678901", "origin/job_1/render/0"]) {
      expect(await store.read(id)).toBeNull();
    }
  });

  it("finds what a step made, in order, despite gaps and other steps", async () => {
    for (const index of [20, 2, 0, 7]) {
      await store.keep(png, { ...about, origin: { ...origin, index } });
    }
    await store.keep(png, { ...about, origin: { ...origin, step: "other" } });
    await store.keep(png, { ...about, origin: { ...origin, jobId: "job_1/render" } });
    expect((await open().madeBy("job_1", "render")).map((asset) => asset.origin?.index)).toEqual([0, 2, 7, 20]);
    expect(await store.madeBy("job_2", "render")).toEqual([]);
  });

  it("lists an owner's media, newest first", async () => {
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      nowMs += 1;
      ids.unshift((await store.keep(png, about)).id);
    }
    await store.keep(wav, { ...about, owner: "bob" });
    expect((await store.list("ann")).map(({ id }) => id)).toEqual(ids);
    expect((await store.list("ann", 2)).map(({ id }) => id)).toEqual(ids.slice(0, 2));
  });
});

describe("fetch", () => {
  const link = { ...about, trust: "foreign", timeoutMs: 1000 } as const;
  const answering = (status: number, bytes: Uint8Array): Http["download"] => {
    return async (_request, toFile) => {
      writeFileSync(toFile, bytes);
      return { bytes: bytes.length, headers: {}, status };
    };
  };

  it("stores what it downloads, once for an origin", async () => {
    download = vi.fn(answering(200, png));
    const asset = await store.fetch("https://pictures.example/x", { ...link, origin });
    expect(asset).toMatchObject({ hash: hashOf(png), type: "image/png", origin });
    expect(await store.fetch("https://pictures.example/x", { ...link, origin })).toEqual(asset);
    expect(download).toHaveBeenCalledOnce();
    expect(vi.mocked(download).mock.calls[0]?.[0]).toMatchObject({
      trust: "foreign",
      timeoutMs: 1000,
      maxBytes: 100_000,
    });
    expect(files()).toHaveLength(1);
  });

  it("says why a person's link failed", async () => {
    download = answering(404, png);
    await expect(store.fetch("https://x.example/", link)).rejects.toMatchObject({
      failure: { kind: "usage", sentence: { key: "media.unreachable", values: { reason: "HTTP 404", status: 404 } } },
    });
    download = () => Promise.reject(new HttpError("blocked", false, "x.example"));
    await expect(store.fetch("https://x.example/", link)).rejects.toMatchObject({
      failure: { kind: "usage", sentence: { key: "media.unreachable" }, charged: "no" },
    });
    download = answering(200, Buffer.from("<html>"));
    await expect(store.fetch("https://x.example/", link)).rejects.toMatchObject({
      failure: { kind: "usage", sentence: { key: "media.unreadable" } },
    });
    expect(files()).toEqual([]);
  });

  it.each([
    ["configured", { ...link, trust: "configured" } as const],
    ["a job's", { ...link, origin }],
  ])("leaves the failure of %s download to the worker", async (_name, about) => {
    const failed = new HttpError("reset", true, "x.example");
    download = () => Promise.reject(failed);
    await expect(store.fetch("https://x.example/", about)).rejects.toBe(failed);
    download = answering(503, png);
    await expect(store.fetch("https://x.example/", about)).rejects.toMatchObject({
      failure: { kind: "unreachable", httpStatus: 503, retry: { kind: "later" } },
    });
    download = answering(410, png);
    await expect(store.fetch("https://x.example/", about)).rejects.toMatchObject({
      failure: { kind: "unreachable", httpStatus: 410, retry: { kind: "never" } },
    });
  });
});

describe("sweep", () => {
  const nothingNeeded = async () => false;

  it("deletes what is past retention and not needed; a file is deleted with its last record", async () => {
    const [old, needed] = [await store.keep(png, about), await store.keep(wav, about)];
    nowMs += retentionMs;
    const same = await store.keep(png, about);
    expect(await store.sweep(nothingNeeded)).toMatchObject({ removed: 0, setAside: 0 });
    nowMs += 1;
    expect(await store.sweep(async ({ id }) => id === needed.id)).toMatchObject({ removed: 1, setAside: 0 });
    expect(await store.read(old.id)).toBeNull();
    expect(files().sort()).toEqual([`${same.hash}.png`, `${needed.hash}.wav`].sort());
    nowMs += retentionMs;
    expect(await store.sweep(nothingNeeded)).toMatchObject({ removed: 2, setAside: 0 });
    expect(files()).toEqual([]);
  });

  it("forgets the origin with the asset", async () => {
    const first = await store.keep(png, { ...about, origin });
    nowMs += retentionMs + 1;
    await store.sweep(nothingNeeded);
    expect(await store.madeBy("job_1", "render")).toEqual([]);
    expect((await store.keep(png, { ...about, origin })).id).not.toBe(first.id);
  });

  it("puts back what a killed sweep had moved aside, and deletes what a killed keep had written", async () => {
    const asset = await store.keep(png, about);
    renameSync(store.pathOf(asset), `${store.pathOf(asset)}.aside`);
    writeFileSync(join(directory, "incoming", "half"), "half");
    nowMs = Date.now() + 25 * 60 * 60 * 1000;
    await store.sweep(async () => true);
    expect(files()).toEqual([`${asset.hash}.png`]);
  });

  // @verifies survives.restored-records
  it("sets aside files that no record names, puts them back with their records, and deletes them after the retention", async () => {
    nowMs = Date.now();
    const assets = [await store.keep(png, about), await store.keep(wav, about)];
    const backup = await Promise.all(assets.map(async ({ id }) => [id, await state.get(id)] as const));
    await state.clear();
    expect(await store.sweep(nothingNeeded)).toEqual({ removed: 0, setAside: 2, putBack: 0 });
    expect((await store.inventory(10)).setAside).toBe(2);
    nowMs += retentionMs;
    expect(await store.sweep(nothingNeeded)).toEqual({ removed: 0, setAside: 0, putBack: 0 });
    expect(files()).toHaveLength(2);
    await state.set(...(backup[0] as [string, unknown]));
    expect(await store.sweep(async () => true)).toEqual({ removed: 0, setAside: 0, putBack: 1 });
    expect(Buffer.from(await store.bytes(assets[0] as Asset)).equals(png)).toBe(true);
    nowMs += 1;
    await store.sweep(async () => true);
    expect(files()).toEqual([`${hashOf(png)}.png`]);
    expect((await store.inventory(10)).setAside).toBe(0);
  });

  // @verifies survives.damaged-media
  it("treats an incomplete file as missing: it is no stored result, and storing the same bytes repairs it", async () => {
    const asset = await store.keep(png, { ...about, origin });
    writeFileSync(store.pathOf(asset), png.subarray(0, png.length / 2));
    await expect(store.bytes(asset)).rejects.toThrow("damaged");
    expect((await store.keep(png, { ...about, origin })).id).toBe(asset.id);
    expect(Buffer.from(await store.bytes(asset)).equals(png)).toBe(true);
    writeFileSync(store.pathOf(asset), Buffer.alloc(png.length));
    await expect(store.bytes(asset)).rejects.toThrow("damaged");
  });

  it("never removes a file whose record is written while it runs", async () => {
    const kept: Asset[] = [];
    const keeping = (async () => {
      for (let round = 0; round < 100; round += 1) {
        kept.push(await store.keep(png, about));
        // No other record names these bytes now: the sweeps race for the file with the next round.
        await state.delete(kept.at(-1)?.id ?? "");
      }
      return store.keep(png, about);
    })();
    let isDone = false;
    const sweeping = [open(), open()].map(async (other) => {
      while (!isDone) {
        await other.sweep(nothingNeeded);
      }
    });
    const last = await keeping;
    isDone = true;
    await Promise.all(sweeping);
    expect(Buffer.from(await store.bytes(last)).equals(png)).toBe(true);
    await store.sweep(nothingNeeded);
    expect(files()).toEqual([`${last.hash}.png`]);
  }, 20_000);
});
