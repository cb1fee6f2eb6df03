import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { systemRandom } from "../ground/random.ts";
import { loadSecretKey } from "./secret-key.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "toolcast-key-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

it("is made once, readable only for its user, and leaves nothing else", async () => {
  const file = join(directory, "data", "media.key");
  const key = await loadSecretKey(file, systemRandom);
  expect(key).toHaveLength(32);
  expect(await loadSecretKey(file, systemRandom)).toEqual(key);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(directory, "data"))).toEqual(["media.key"]);
});

it("is the same for all processes that start at once", async () => {
  const file = join(directory, "media.key");
  const keys = await Promise.all(Array.from({ length: 20 }, () => loadSecretKey(file, systemRandom)));
  expect(new Set(keys.map((key) => Buffer.from(key).toString("hex"))).size).toBe(1);
  expect(readdirSync(directory)).toEqual(["media.key"]);
});

it("is the other one if another process makes one a moment earlier", async () => {
  const file = join(directory, "media.key");
  const theirs = new Uint8Array(32).fill(1);
  const bytes = (count: number) => {
    writeFileSync(file, theirs);
    return systemRandom.bytes(count);
  };
  expect(await loadSecretKey(file, { ...systemRandom, bytes })).toEqual(theirs);
  expect(readdirSync(directory)).toEqual(["media.key"]);
});

it("is not replaced when damaged, since addresses depend on it", async () => {
  const file = join(directory, "media.key");
  writeFileSync(file, "short");
  await expect(loadSecretKey(file, systemRandom)).rejects.toThrow("does not hold 32 bytes");
});
