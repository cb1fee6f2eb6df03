import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createManualClock } from "../../../test/manual-clock.ts";
import { sampleJob } from "../../../test/sample-job.ts";
import { createSeededRandom } from "../../../test/seeded-random.ts";
import { endedPhases, openPhases } from "../job/job.ts";
import { openSqliteEngine } from "./sqlite-engine.ts";

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "toolcast-plans-"));
  file = join(directory, "jobs.sqlite");
});
afterEach(() => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }));

const open = () => openSqliteEngine({ file, clock: createManualClock(), random: createSeededRandom() });

/** Stores 600 jobs of many people in all phases, most of them ended, as in a store with a history. */
async function fill(): Promise<void> {
  const engine = open();
  const phases = ["succeeded", "succeeded", "succeeded", "failed", "queued"] as const;
  await Promise.all(
    Array.from({ length: 600 }, (_, n) =>
      engine.create(
        sampleJob(`job_${n}`, {
          ...{ key: `key_${n}`, createdAt: n, updatedAt: n, provider: n % 3 ? "spark" : "xjc" },
          owner: `chat:${n % 40}`,
          state: { phase: phases[n % phases.length]! } as never,
        }),
        { wakeAt: n % 5 === 4 ? n : null },
      ),
    ),
  );
  await engine.close();
}

/** Every statement that an engine prepares, with those of the lists that the product asks for. */
async function statements(): Promise<string[]> {
  const prepare = vi.spyOn(DatabaseSync.prototype, "prepare");
  try {
    const engine = open();
    const lists = [
      {},
      { owner: "chat:1" },
      { owner: "chat:1", phases: openPhases },
      { owner: "chat:1", phases: ["failed", "unresolved"] },
      { owner: "chat:1", createdBefore: 5, after: "job_3" },
      { owner: "chat:1", idBegins: "job_1" },
      { idBegins: "job_1" },
      { surface: "chat", conversation: "main" },
      { phases: ["succeeded"] },
      { phases: openPhases, after: "job_7" },
      { phases: endedPhases },
      { provider: "spark", phases: ["starting", "running"] },
      { changedSince: 590 },
    ] as const;
    await engine.changes(null);
    for (const filter of lists) {
      await engine.list(filter);
      await engine.count(filter);
    }
    await engine.close();
    return [...new Set(prepare.mock.calls.map(([sql]) => sql))].filter((sql) =>
      /^\s*(SELECT|UPDATE|DELETE|INSERT)/.test(sql),
    );
  } finally {
    prepare.mockRestore();
  }
}

function planOf(database: DatabaseSync, sql: string): string[] {
  return database
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all(...(Array((sql.match(/\?/g) ?? []).length).fill(null) as null[]))
    .map(({ detail }) => String(detail));
}

/** Statements whose plans read a table from its beginning, with the line that says so. */
function scans(database: DatabaseSync, all: readonly string[]): string[] {
  return all.flatMap((sql) =>
    planOf(database, sql)
      .filter((detail) => /^SCAN (?!json_each|\(|CONSTANT|\d)/.test(detail) || detail.includes("TEMP B-TREE"))
      .map((detail) => `${detail}: ${sql.replace(/\s+/g, " ")}`),
  );
}

const allowed = [
  // Once a minute everything is read of small tables: at most a line for each person with a job under way, and a row for
  // each of its places.
  /^SCAN (calls|bounds):/,
  /^SCAN holds USING COVERING INDEX holds_job: SELECT 1 FROM holds WHERE .* LIMIT 1/,
  /^SCAN holds USING COVERING INDEX holds_job: DELETE FROM holds WHERE coalesce/,
  /^SCAN (lines|calls) USING COVERING INDEX \w+: SELECT 1 FROM \w+ LIMIT 1/,
  // Only when the file is opened.
  /^SCAN (sqlite_schema|pragma_table_info)/,
  // One row from an end of an index.
  /^SCAN jobs USING COVERING INDEX jobs_changed: .*SELECT changed FROM jobs ORDER BY changed DESC LIMIT 1/,
  // What an id or a time of change finds is sorted; it is never read from the beginning.
  /^USE TEMP B-TREE FOR ORDER BY: SELECT seq, created_at FROM jobs INDEXED BY (jobs_changed|sqlite_autoindex_jobs_1)/,
];

test.each([false, true])("no statement reads the jobs from the beginning (after ANALYZE: %s)", async (isAnalysed) => {
  await fill();
  const database = new DatabaseSync(file);
  if (isAnalysed) {
    database.exec("ANALYZE");
  }
  const all = await statements();
  expect(all.length).toBeGreaterThan(60);
  expect(scans(database, all).filter((scan) => !allowed.some((pattern) => pattern.test(scan)))).toEqual([]);
  database.close();
});
