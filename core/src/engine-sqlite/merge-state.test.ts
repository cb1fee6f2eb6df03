import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock as clock } from "../ground/clock.ts";
import { systemRandom as random } from "../ground/random.ts";
import { openState } from "../state/open-state.ts";
import { mergeEarlierState } from "./merge-state.ts";
import { openSqliteEngine } from "./sqlite-engine.ts";
import { openSqliteIdentity } from "./sqlite-identity.ts";
import { readStoreEpoch, writeStoreEpoch } from "./store-epoch.ts";

// @verifies survives.small-state

let directory: string;
let files: { jobs: string; state: string; epoch: string };
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "toolcast-merge-"));
  const at = (name: string) => join(directory, name);
  files = { jobs: at("jobs.sqlite"), state: at("state.sqlite"), epoch: at("store-epoch") };
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Small state as an earlier version left it, in step with its job database. */
async function writeEarlier(value: string, epoch: string | null = "first"): Promise<void> {
  const state = openState({ file: files.state });
  await state.keyv("tokens").set("xjc", value);
  await state.keyv("brief").set("note", value, 60_000);
  state.close();
  change(
    files.state,
    `CREATE TABLE IF NOT EXISTS store_epoch (only INTEGER PRIMARY KEY CHECK (only = 1), epoch TEXT) STRICT;
     INSERT OR REPLACE INTO store_epoch VALUES (1, ${epoch === null ? "NULL" : `'${epoch}'`})`,
  );
}

function change(file: string, statement: string): void {
  const database = new DatabaseSync(file);
  database.exec(statement);
  database.close();
}

async function tokenNow(next?: string): Promise<unknown> {
  const engine = openSqliteEngine({ file: files.jobs, clock, random });
  const tokens = engine.state.keyv("tokens");
  const found = await tokens.get("xjc");
  if (next !== undefined) {
    await tokens.set("xjc", next);
  }
  await engine.close();
  return found;
}

function heldBecauseOf(): unknown {
  const key = { file: join(directory, "key"), bytes: new Uint8Array(32) };
  const identity = openSqliteIdentity({ jobs: files.jobs, epoch: files.epoch, key, random });
  const held = identity.held();
  identity.close();
  return held;
}

/** A job database whose identity names the epoch. */
async function writeJobs(epoch: string): Promise<void> {
  await tokenNow();
  const key = { file: join(directory, "key"), bytes: new Uint8Array(32) };
  const identity = openSqliteIdentity({ jobs: files.jobs, epoch: files.epoch, key, random });
  identity.begin();
  identity.close();
  rmSync(files.epoch);
  change(files.jobs, `UPDATE store_identity SET epoch = '${epoch}'`);
}

test("small state of an earlier version is moved into the job database, and its file removed", async () => {
  await writeJobs("first");
  await writeEarlier("secret");
  mergeEarlierState(files);
  expect(existsSync(files.state)).toBe(false);
  expect(await tokenNow("renewed")).toBe("secret");
  mergeEarlierState(files);
  expect(await tokenNow()).toBe("renewed");
  expect(readStoreEpoch(files.epoch)).toBe("first");
  expect(heldBecauseOf()).toBeNull();
  const database = new DatabaseSync(files.jobs);
  expect(database.prepare("SELECT expires IS NULL AS lasts FROM small_state ORDER BY key").all()).toEqual([
    { lasts: 0 },
    { lasts: 1 },
  ]);
  database.close();
});

test("interrupted before the file was removed, nothing older is written over what came since", async () => {
  await writeJobs("first");
  await writeEarlier("secret");
  mergeEarlierState(files);
  await tokenNow("renewed");
  // The file, and that its epoch is not yet beside the jobs, as it was then.
  await writeEarlier("secret");
  rmSync(files.epoch);
  mergeEarlierState(files);
  expect(await tokenNow()).toBe("renewed");
  expect(existsSync(files.state)).toBe(false);
  expect(heldBecauseOf()).toBeNull();
});

test("an earlier file from a backup is not merged again, nor removed", async () => {
  await writeJobs("first");
  await writeEarlier("secret");
  mergeEarlierState(files);
  await tokenNow("renewed");
  await writeEarlier("old", "older");
  mergeEarlierState(files);
  expect(await tokenNow()).toBe("renewed");
  expect(existsSync(files.state)).toBe(true);
});

test.each([
  ["another start's", () => writeEarlier("secret", "older")],
  ["none", () => writeEarlier("secret", null)],
  ["absent with its file", async () => {}],
  [
    "one's own while a later one is beside it",
    async () => {
      await writeEarlier("secret");
      writeStoreEpoch(files.epoch, "later");
    },
  ],
])("a store whose small state has an epoch that is %s is held after the merge", async (_name, make) => {
  await writeJobs("first");
  await make();
  mergeEarlierState(files);
  expect(heldBecauseOf()).toEqual({ key: "store.mixed" });
});

test("a file that is not ours stops the start before anything is changed", async () => {
  change(files.state, "CREATE TABLE invoices (amount REAL)");
  expect(() => mergeEarlierState(files)).toThrow(files.state);
  expect(existsSync(files.jobs)).toBe(false);
});
