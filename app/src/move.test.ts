import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger as logger } from "@toolcast/core";
import { lockToMove } from "@toolcast/core/engine";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sampleJob } from "../../test/sample-job.ts";
import { moveStore } from "./move.ts";
import { removeProcessRecord, writeProcessRecord } from "./process-record.ts";
import { serverRecordFile } from "./server/server-record.ts";
import { filesOf, openStore } from "./store.ts";

// @verifies survives.move

let parent: string;
let directory: string;

beforeEach(async () => {
  parent = mkdtempSync(join(tmpdir(), "toolcast-move-"));
  directory = join(parent, "data");
  const store = await openStore(directory, { logger, newKey: false });
  store.identity.begin();
  await store.engine.create(sampleJob("job_1"), { wakeAt: null });
  await store.close();
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

/** Refused before the database is even asked: nothing listens there. */
const move = (from = directory) => moveStore({ directory: from, url: "postgres://ada@127.0.0.1:9/none", logger });

async function jobs(): Promise<string[]> {
  const store = await openStore(directory, { logger, newKey: false });
  const found = await store.engine.list({});
  await store.close();
  return found.map(({ id }) => id);
}

test("a store with a paid start under way is not moved, and stays usable", async () => {
  const store = await openStore(directory, { logger, newKey: false });
  const state = { phase: "starting", step: 0, attempt: "attempt_1", startedAt: 1_000 } as never;
  await store.engine.create(sampleJob("job_2", { state }), { wakeAt: null });
  await store.close();
  await expect(move()).rejects.toThrow(/A paid start is under way, or was cut off: job_2\./);
  expect(await jobs()).toContain("job_2");
});

test("a store that a server runs on is not moved", async () => {
  const record = serverRecordFile(directory);
  writeProcessRecord(record, { url: "http://127.0.0.1:3000", pid: process.pid });
  await expect(move()).rejects.toThrow(/A server is running on/);
  removeProcessRecord(record);
});

test("a store that another process has open is not moved", async () => {
  const store = await openStore(directory, { logger, newKey: false });
  await expect(move()).rejects.toThrow(/Another Toolcast process has .* open/);
  await store.close();
  const locked = lockToMove(filesOf(directory).jobs);
  expect(locked).not.toBeNull();
  locked?.close();
  expect(await jobs()).toEqual(["job_1"]);
});

test("a store that is moved while a process opens it is refused to that process", async () => {
  const source = lockToMove(filesOf(directory).jobs)!;
  const opening = openStore(directory, { logger, newKey: false });
  source.markMoved();
  source.close();
  await expect(opening).rejects.toThrow(/was moved into a PostgreSQL database/);
});

test("a copy that was not released is not moved", async () => {
  const copy = join(parent, "copy");
  cpSync(directory, copy, { recursive: true });
  await expect(move(copy)).rejects.toThrow(/toolcast release/);
});
