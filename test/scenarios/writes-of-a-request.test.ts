import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StatementSync } from "node:sqlite";
import { openSqliteEngine, systemRandom } from "@toolcast/core";
import type { Clock, JobEngine } from "@toolcast/core/engine";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type DiscordRoom, everythingSent, openRoom } from "../discord-room.ts";
import type { Person } from "../fakes/discord/person.ts";
import { verifies } from "../verifies.ts";

let room: DiscordRoom;
let engine: JobEngine;
let dora: Person;
let directory: string;
/** What each commit changed: the tables, in the order of their statements. */
let commits: string[];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "toolcast-writes-"));
  let clock: Clock = { now: () => 0, monotonic: () => 0, setTimer: () => () => {} };
  const sqlite = openSqliteEngine({
    file: join(directory, "jobs.sqlite"),
    clock: {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      setTimer: (delayMs, act) => clock.setTimer(delayMs, act),
    },
    random: systemRandom,
  });
  engine = sqlite;
  room = await openRoom({ state: sqlite.state });
  clock = room.clock;
  dora = room.platform.person("dora", { installedApp: true });
  await room.open({ engine, state: sqlite.state, random: systemRandom });
  // What a start writes is not part of a request.
  await room.pass(2_000);
  commits = [];
  noteCommits();
});

afterEach(async () => {
  vi.restoreAllMocks();
  await room[Symbol.asyncDispose]();
  await engine.close();
  rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
});

function noteCommits(): void {
  const { run } = StatementSync.prototype;
  let tables: string[] = [];
  vi.spyOn(StatementSync.prototype, "run").mockImplementation(function (this: StatementSync, ...values: unknown[]) {
    const end = Reflect.apply(run, this, values) as ReturnType<typeof run>;
    const [, table] = /^\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM) (\w+)/.exec(this.sourceSQL) ?? [];
    if (table !== undefined && Number(end.changes) > 0) {
      tables.push(table);
    } else if (this.sourceSQL === "COMMIT") {
      commits.push([...new Set(tables)].join(" "));
      tables = [];
    }
    return end;
  });
}

test("a command that is answered at once costs two commits: that it came, and that it was answered", async () => {
  verifies("survives.few-writes");
  await room.ask(dora, "explain", { text: "10013" });
  expect(commits).toEqual(["inbox", "inbox"]);
});

test("a picture costs a commit for each promise, and none besides", async () => {
  verifies("survives.few-writes");
  await room.ask(dora, "image", { prompt: "a lake at dawn" });
  await room.until(() => everythingSent(room));
  const [job] = await engine.list({});
  expect(job).toMatchObject({ state: { phase: "succeeded" }, notices: [{ state: "sent" }] });
  expect(commits).toEqual([
    // The command, and the job it became.
    "inbox",
    "inbox jobs",
    // A process has the job; its first answer is where the result belongs; that the answer is shown.
    "jobs",
    "inbox",
    // The intent of the paid start, the medium, and the result with its charge (and the duration for later estimates).
    "holds admissions counters jobs",
    "small_state",
    "counters jobs small_state",
    // The intent of the delivery, what the answer then shows, that it was delivered, and that nobody has the job any more.
    "jobs",
    "inbox",
    "jobs",
    "jobs",
  ]);
});
