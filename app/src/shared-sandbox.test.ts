import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "@toolcast/core/engine";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { joinSandbox, readSandboxRecord, type SharedSandbox } from "./shared-sandbox.ts";

// @verifies tried.no-setup

/** Timers fire at once, so waiting for another process takes no time here. */
const impatientClock: Clock = {
  now: () => 0,
  monotonic: () => 0,
  setTimer(_delayMs, callback) {
    const immediate = setImmediate(callback);
    return () => clearImmediate(immediate);
  },
};

let dataDirectory: string;
let joined: SharedSandbox[];
beforeEach(() => {
  dataDirectory = mkdtempSync(join(tmpdir(), "toolcast-shared-"));
  joined = [];
});
afterEach(async () => {
  await Promise.all(joined.map((sandbox) => sandbox.close()));
  rmSync(dataDirectory, { recursive: true, force: true });
});

async function enter(): Promise<SharedSandbox> {
  const sandbox = await joinSandbox({ dataDirectory, speed: 100, clock: impatientClock });
  joined.push(sandbox);
  return sandbox;
}

const isUp = async (url: string) =>
  fetch(`${url}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );

test("the second process uses the sandbox of the first", async () => {
  const [first, second] = [await enter(), await enter()];
  expect(second.url).toBe(first.url);
  expect(second.environment).toEqual(first.environment);
  await second.close();
  expect(await isUp(first.url)).toBe(true);
});

test("several processes that start at once agree on one", async () => {
  const sandboxes = await Promise.all([enter(), enter(), enter(), enter()]);
  expect(new Set(sandboxes.map(({ url }) => url)).size).toBe(1);
});

test("when the process that runs it goes away, one that uses it takes over at the same address", async () => {
  const [first, second] = [await enter(), await enter()];
  await first.close();
  await vi.waitFor(async () => expect(await isUp(second.url)).toBe(true), 5_000);
  expect(readSandboxRecord(dataDirectory)?.url).toBe(second.url);
});

test("the port stays the same after nobody used it for a while", async () => {
  const first = await enter();
  await first.close();
  expect(await isUp(first.url)).toBe(false);
  expect((await enter()).url).toBe(first.url);
});

test("an unreadable record is replaced", async () => {
  writeFileSync(join(dataDirectory, "sandbox.json"), "{ torn");
  const sandbox = await enter();
  expect(readSandboxRecord(dataDirectory)?.url).toBe(sandbox.url);
});
