import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock as clock, openSqliteEngine, openState, systemRandom as random } from "@toolcast/core";
import { salvageJobs, salvageState } from "@toolcast/core/engine";
import { afterEach, beforeEach, expect, test } from "vitest";
import { damagePage } from "../../../test/damaged-store.ts";
import { sampleJob } from "../../../test/sample-job.ts";
import { commandFailure } from "./command-failure.ts";

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
  // @verifies understood.unusable-data
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

test.each([
  ["the first", ids[0]!],
  ["a middle", ids[30]!],
  ["the last", ids.at(-1)!],
])("the contents of %s damaged page are lost, and everything else is read", (_name, id) => {
  // @verifies understood.unusable-data
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
  // @verifies understood.unusable-data
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
  // @verifies understood.unusable-data
  writeFileSync(jobs, content);
  expect(salvageJobs(jobs)).toEqual({ jobs: [], lost: null });
  expect(salvageJobs(join(directory, "absent"))).toEqual({ jobs: [], lost: null });
});
