import { cpSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { systemClock as clock, openSqliteEngine, systemRandom as random } from "@toolcast/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { damagePage } from "../damaged-store.ts";
import { freePort } from "../free-port.ts";
import {
  type Ended,
  ledgerAt,
  openTerminal,
  type SandboxProcess,
  startSandboxProcess,
  type Terminal,
} from "../toolcast-process.ts";
import { verifies } from "../verifies.ts";

const jobCount = 40;
let terminal: Terminal;
let sandbox: SandboxProcess;
let used: string;
let port: string;
/** Oldest first. */
const ids: string[] = [];

/** A data directory that has been in use: one real job with its picture, and many more like it. */
beforeAll(async () => {
  terminal = openTerminal();
  port = String(await freePort());
  sandbox = await startSandboxProcess(terminal);
  used = join(terminal.directory, "used");
  expect(await run(used, "run", "image", "a first picture", "--out", "made/")).toMatchObject({ code: 0 });
  const engine = openSqliteEngine({ file: join(used, "jobs.sqlite"), clock, random });
  const [first] = await engine.list({});
  ids.push(first!.id);
  for (let index = 1; index < jobCount; index += 1) {
    const id = `job_${String(index).padStart(22, "0")}`;
    await engine.create({ ...first!, id, createdAt: first!.createdAt + index }, { wakeAt: null });
    ids.push(id);
  }
  await engine.close();
});

afterAll(async () => {
  // Every other start was refused before it began.
  expect(await ledgerAt(sandbox.url)).toHaveLength(1);
  expect(await sandbox.stop()).toBe(0);
  terminal.close();
});

function run(data: string, ...args: string[]): Promise<Ended> {
  return terminal.begin(args, { ...sandbox.environment, TOOLCAST_DATA_DIR: data, PORT: port }).ended;
}

interface Fault {
  /** Breaks a copy of the used directory; returns the path that must be named. */
  make(data: string): string;
  /** How many jobs can be read; null if there is nothing to read. */
  read: number | null;
}

const faults: Record<string, Fault> = {
  "an emptied database": {
    make(data) {
      truncateSync(join(data, "jobs.sqlite"));
      return join(data, "jobs.sqlite");
    },
    read: null,
  },
  "another program's database": {
    make(data) {
      const file = join(data, "jobs.sqlite");
      rmSync(file);
      const foreign = new DatabaseSync(file);
      foreign.exec("PRAGMA user_version = 2; CREATE TABLE jobs (title TEXT); INSERT INTO jobs VALUES ('gardener')");
      foreign.close();
      return file;
    },
    read: null,
  },
  "a damaged page": {
    make(data) {
      damagePage(join(data, "jobs.sqlite"), `"id":"${ids[20]}"`);
      return join(data, "jobs.sqlite");
    },
    read: jobCount - 1,
  },
  "a missing key": {
    make(data) {
      rmSync(join(data, "key"));
      return join(data, "key");
    },
    read: jobCount,
  },
  "a file in place of the media folder": {
    make(data) {
      rmSync(join(data, "media"), { recursive: true });
      writeFileSync(join(data, "media"), "x");
      return join(data, "media");
    },
    read: jobCount,
  },
};

/** How often a text occurs in another. */
const times = (text: string, part: string) => text.split(part).length - 1;

test.each(Object.entries(faults))("%s is named by every command, and nothing begins", async (name, { make, read }) => {
  verifies("understood.unusable-data");
  const data = join(terminal.directory, name.replaceAll(/\W/g, "-"));
  cpSync(used, data, { recursive: true });
  const path = make(data);
  const before = contentOf(data);

  const [jobs, ...refused] = await Promise.all([
    run(data, "jobs", "--limit", "100"),
    run(data, "start"),
    run(data, "run", "image", "never made"),
    ...(name.includes("media") ? [run(data, "run", "image", "never made", "--no-wait")] : []),
    run(data, "mcp"),
  ]);
  for (const ended of refused) {
    expect(ended).toMatchObject({ code: 2, out: "" });
    // Once: a supervisor that retried would have repeated it.
    expect(times(ended.error, `${path} `) + times(ended.error, `${path}:`)).toBe(1);
  }
  if (read === null) {
    expect(jobs).toMatchObject({ code: 2, out: "" });
    expect(jobs.error).toContain(path);
  } else {
    expect(times(jobs.out, "a first picture")).toBeGreaterThanOrEqual(read - 5);
    expect(times(jobs.out, "a first picture")).toBeLessThanOrEqual(read);
  }
  expect(contentOf(data)).toEqual(before);
});

test("in a damaged store the other jobs are listed and shown, doctor says what is lost, and codes are explained", async () => {
  verifies("understood.unusable-data");
  const data = join(terminal.directory, "read");
  cpSync(used, data, { recursive: true });
  damagePage(join(data, "jobs.sqlite"), `"id":"${ids[20]}"`);
  const before = contentOf(data);
  const [jobs, chinese, lost, first, doctor, explained] = await Promise.all([
    run(data, "jobs", "--json", "--limit", "100"),
    run(data, "jobs", "--locale", "zh-CN"),
    run(data, "job", ids[20]!),
    run(data, "job", ids[0]!, "--out", "kept.png"),
    run(data, "doctor", "--json"),
    run(data, "explain", "10013"),
  ]);
  const listed = ids.filter((id) => jobs.out.includes(id)).length;
  const said = `${listed} jobs can be read, ${jobCount - listed} cannot`;
  expect(listed).toBeGreaterThan(jobCount - 10);
  expect(jobs).toMatchObject({ code: 1, error: expect.stringContaining(said) });
  expect(chinese).toMatchObject({ code: 1, error: expect.stringContaining(`可以读取 ${listed} 个任务`) });
  expect(lost).toMatchObject({ code: 2, error: expect.stringContaining(ids[20]!) });
  expect(first).toMatchObject({ code: 1, error: expect.stringContaining(said) });
  expect(readFileSync(join(terminal.directory, "kept.png")).subarray(1, 4).toString()).toBe("PNG");
  expect(doctor.code).toBe(1);
  expect(JSON.parse(doctor.out)).toMatchObject({
    ok: false,
    findings: expect.arrayContaining([
      { subject: "TOOLCAST_DATA_DIR", level: "error", message: expect.stringContaining(said) },
    ]),
  });
  expect(explained).toMatchObject({ code: 0, error: "" });
  expect(contentOf(data)).toEqual(before);
});

test("doctor says in both languages that records of media and of jobs disagree, and that files are set aside", async () => {
  verifies("survives.restored-records");
  const data = join(terminal.directory, "disagreeing");
  cpSync(used, data, { recursive: true });
  const engine = openSqliteEngine({ file: join(data, "jobs.sqlite"), clock, random });
  await engine.state.keyv("media").clear();
  await engine.close();
  mkdirSync(join(data, "media", "set-aside"));
  writeFileSync(join(data, "media", "set-aside", "0f.png"), "x");
  const [english, chinese] = await Promise.all([run(data, "doctor"), run(data, "doctor", "--locale", "zh-CN")]);
  expect(english.out).toContain(`TOOLCAST_DATA_DIR (warning): The records of jobs and of media disagree`);
  expect(english.out).toContain(`${jobCount} of the newest results have no record`);
  expect(english.out).toContain("Files in media/set-aside that no record names: 1.");
  expect(chinese.out).toContain(`最近的结果中有 ${jobCount} 个没有媒体记录`);
  expect(chinese.out).toContain("media/set-aside 中没有对应记录的文件：1 个");
});

/** What must not change: SQLite's own shared memory may come and go. */
function contentOf(data: string): Record<string, string> {
  const names = ["jobs.sqlite", "store-epoch", "key", "media"];
  return Object.fromEntries(
    names.map((name) => {
      try {
        return [name, readFileSync(join(data, name), "latin1")];
      } catch (error) {
        return [name, String((error as NodeJS.ErrnoException).code)];
      }
    }),
  );
}
