import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { damagePage } from "../../../test/damaged-store.ts";
import { sampleJob } from "../../../test/sample-job.ts";
import { openSqliteEngine } from "../engine-sqlite/sqlite-engine.ts";
import { systemClock as clock } from "../ground/clock.ts";
import { systemRandom as random } from "../ground/random.ts";
import { isDamaged } from "./whole-database.ts";

let directory: string;
let jobs: string;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "toolcast-whole-"));
  jobs = join(directory, "jobs.sqlite");
  const engine = openSqliteEngine({ file: jobs, clock, random });
  for (let index = 0; index < 60; index += 1) {
    const id = `job_${String(index).padStart(4, "0")}`;
    await engine.create(sampleJob(id, { input: { prompt: "x".repeat(400) } }), { wakeAt: null });
  }
  await engine.close();
});
afterEach(() => rmSync(directory, { recursive: true }));

test("only the oldest and newest rows of a large file are read at the start, to keep it quick", () => {
  // @verifies understood.unusable-data
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
    expect(asked.filter((sql) => sql.includes('FROM "')).every((sql) => /^SELECT max\(.*LIMIT \d+\)$/.test(sql))).toBe(
      true,
    );
  } finally {
    database.close();
  }
  damagePage(jobs, '"id":"job_0059"');
  const damaged = new DatabaseSync(jobs);
  expect(() => isDamaged(damaged, { wholeUpTo: 0 })).toThrow();
  damaged.close();
});
