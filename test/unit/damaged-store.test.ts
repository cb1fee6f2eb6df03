import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { systemClock as clock, openSqliteEngine, openState, systemRandom as random } from "@toolcast/core";
import { salvageJobs, salvageState } from "@toolcast/core/engine";
import { afterEach, beforeEach, expect, test } from "vitest";
import { commandFailure } from "../../app/src/cli/command-failure.ts";
import { isDamaged } from "../../core/src/state/whole-database.ts";
import { damagePage } from "../damaged-store.ts";
import { sampleJob } from "../sample-job.ts";
import { verifies } from "../verifies.ts";

const jobCount = 60;
const idOf = (index: number) => `job_${String(index).padStart(22, "0")}`;
const ids = Array.from({ length: jobCount }, (_, index) => idOf(index));

let directory: string;
let jobs: string;
let state: string;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "toolcast-damaged-"));
  [jobs, state] = [join(directory, "jobs.sqlite"), join(directory, "state.sqlite")];
  const engine = openSqliteEngine({ file: jobs, clock, random });
  for (const id of ids) {
    await engine.create(sampleJob(id, { input: { prompt: "x".repeat(400) } }), { wakeAt: null });
  }
  await engine.close();
  const opened = openState({ file: state, clock });
  for (const id of ids) {
    await opened.keyv("media").set(id, `${id} ${"y".repeat(400)}`);
  }
  opened.close();
});
afterEach(() => rmSync(directory, { recursive: true }));

const open = {
  jobs: () => openSqliteEngine({ file: jobs, clock, random }),
  state: () => openState({ file: state, clock }),
};

test.each(["jobs", "state"] as const)("a damaged page of %s is found at the start, and nothing is changed", (name) => {
  verifies("understood.unusable-data");
  const file = { jobs, state }[name];
  damagePage(file, name === "jobs" ? `"id":"${ids[30]}"` : `media:${ids[30]}`);
  const before = readFileSync(file, "latin1");
  try {
    open[name]();
    expect.fail("nothing was wrong");
  } catch (error) {
    for (const locale of ["en", "zh-CN"] as const) {
      expect(commandFailure(error, locale)).toMatchObject({
        exitCode: 2,
        text: expect.stringContaining(file),
      });
    }
    expect(commandFailure(error, "en").text).toContain("is damaged");
  }
  expect(readFileSync(file, "latin1") === before).toBe(true);
});

test("only the oldest and newest rows of a large file are read at the start, to keep it quick", () => {
  verifies("understood.unusable-data");
  const database = new DatabaseSync(jobs);
  try {
    expect(isDamaged(database, { wholeUpTo: 0 })).toBe(false);
    const asked: string[] = [];
    const listening = new Proxy(database, {
      get: (target, name) =>
        name === "prepare"
          ? (sql: string) => {
              asked.push(sql);
              return target.prepare(sql);
            }
          : Reflect.get(target, name),
    });
    expect(isDamaged(listening, { wholeUpTo: 0 })).toBe(false);
    expect(asked.filter((sql) => sql.includes("check"))).toEqual([]);
    expect(asked.filter((sql) => sql.includes('FROM "')).every((sql) => /LIMIT \d+$/.test(sql))).toBe(true);
  } finally {
    database.close();
  }
  damagePage(jobs, `"id":"${ids.at(-1)}"`);
  const damaged = new DatabaseSync(jobs);
  expect(() => isDamaged(damaged, { wholeUpTo: 0 })).toThrow();
  damaged.close();
});

test.each([
  ["the first", ids[0]!],
  ["a middle", ids[30]!],
  ["the last", ids.at(-1)!],
])("the contents of %s damaged page are lost, and everything else is read", (_name, id) => {
  verifies("understood.unusable-data");
  damagePage(jobs, `"id":"${id}"`);
  const before = readFileSync(jobs, "latin1");
  const { jobs: read, lost } = salvageJobs(jobs);
  const found = read.map((job) => job.id);
  expect(found).not.toContain(id);
  expect(lost).toBeGreaterThan(0);
  expect(lost).toBeLessThan(10);
  expect(found).toHaveLength(jobCount - lost!);
  expect([...found].sort()).toEqual(found);
  expect(readFileSync(jobs, "latin1") === before).toBe(true);
});

test("small state is read up to its damage, and never written", async () => {
  verifies("understood.unusable-data");
  damagePage(state, `media:${ids[30]}`);
  const before = readFileSync(state, "latin1");
  const salvaged = await salvageState([jobs, state], clock);
  expect(await salvaged.keyv("media").get(ids[0]!)).toContain(ids[0]);
  await salvaged.keyv("media").set("new", 1);
  salvaged.close();
  expect(readFileSync(state, "latin1") === before).toBe(true);
});

test.each([
  ["a file that is not a database", "notes\n".repeat(2_000)],
  ["an empty file", ""],
])("of %s nothing is read, without an error", async (_name, content) => {
  verifies("understood.unusable-data");
  writeFileSync(jobs, content);
  expect(salvageJobs(jobs)).toEqual({ jobs: [], lost: null });
  expect(salvageJobs(join(directory, "absent"))).toEqual({ jobs: [], lost: null });
});
