import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Job, openSqliteEngine, systemClock, systemRandom } from "@toolcast/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { freePort } from "../free-port.ts";
import { sampleJob } from "../sample-job.ts";
import { ofSandbox, openTerminal, type Terminal, until } from "../toolcast-process.ts";
import { verifies } from "../verifies.ts";

const manyJobs = 3_000;

let terminal: Terminal;
let directory: string;
beforeEach(() => {
  terminal = openTerminal();
  directory = mkdtempSync(join(tmpdir(), "toolcast-restart-"));
});
afterEach(() => {
  terminal.close();
  rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
});

/** Writes how often each statement ran and how many rows it returned, by the end of the process, to standard error. */
const counting = `
  import { StatementSync } from "node:sqlite";
  const works = new Map();
  const count = ({ sourceSQL }, added) => works.set(sourceSQL, (works.get(sourceSQL) ?? 0) + added);
  for (const name of ["all", "get", "run"]) {
    const act = StatementSync.prototype[name];
    StatementSync.prototype[name] = function (...values) {
      const result = act.apply(this, values);
      count(this, 1 + (Array.isArray(result) ? result.length : result === undefined ? 0 : 1));
      return result;
    };
  }
  const { iterate } = StatementSync.prototype;
  StatementSync.prototype.iterate = function* (...values) {
    count(this, 1);
    for (const row of iterate.apply(this, values)) {
      count(this, 1);
      yield row;
    }
  };
  process.on("exit", () => process.stderr.write("\\nWORKS" + JSON.stringify([...works]) + "\\n"));
`;

/**
 * So many finished jobs, as many for a later time, and as many in line for the one place of a vendor. Those do not start
 * when they are called, because they need a surface that is not there.
 */
async function storeJobs(file: string, each: number): Promise<void> {
  const engine = openSqliteEngine({ file, clock: systemClock, random: systemRandom });
  const starting = { phase: "starting", step: "one", attempt: "a1", since: 0 } as const;
  const admission = {
    holds: [{ resource: "place dashscope", max: 1 }],
    counters: [],
    rate: { name: "rate dashscope", max: 1_000, windowMs: 1_000 },
  };
  const later = Date.now() + 60 * 60_000;
  const start = async (job: Job) =>
    engine.write(
      { ...(await engine.read(job.id))!, state: starting },
      { wakeAt: null, needsSurface: "elsewhere", admission },
    );
  for (let from = 0; from < each; from += 500) {
    await Promise.all(
      Array.from({ length: Math.min(500, each - from) }, async (_, index) => {
        const n = from + index;
        const at = { provider: "dashscope", createdAt: Date.now(), updatedAt: Date.now() };
        await engine.create(sampleJob(`job_a${n}`, { ...at, state: { phase: "succeeded" } }), { wakeAt: null });
        await engine.create(sampleJob(`job_b${n}`, at), { wakeAt: later });
        const inLine = sampleJob(`job_c${n}`, at);
        await engine.create(inLine, { wakeAt: null });
        await start(inLine);
      }),
    );
  }
  await engine.close();
}

/** What the store is asked from the start until a first command is answered and the server has stopped: by statement. */
async function worksOfARestart(data: string): Promise<Map<string, number>> {
  const port = String(await freePort());
  const server = terminal.begin(["start", "--no-supervisor"], {
    ...{ TOOLCAST_DATA_DIR: data, PORT: port },
    NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(counting)}`,
  });
  await until(() => server.out().includes("is ready"), "the server");
  const answer = await fetch(`http://127.0.0.1:${port}/api/conversations/main/messages`, {
    method: "POST",
    body: JSON.stringify({ text: "/explain 10013" }),
  });
  expect(answer.status).toBeLessThan(300);
  server.child.kill("SIGTERM");
  const { error } = await server.ended;
  const [, works] = /^WORKS(.+)$/m.exec(error) ?? [];
  return works === undefined ? Promise.reject(new Error(error)) : new Map(JSON.parse(works) as [string, number][]);
}

test("a restart asks its store the same, however many jobs have ended or wait", async () => {
  verifies("survives.restart-with-jobs");
  const few = new Map<string, number>();
  for (const each of [5, manyJobs]) {
    const data = join(directory, String(each));
    // The first start makes the store.
    await worksOfARestart(data);
    await storeJobs(join(ofSandbox(data), "jobs.sqlite"), each);
    const works = await worksOfARestart(data);
    expect(works.size).toBeGreaterThan(20);
    if (each !== manyJobs) {
      for (const [statement, work] of works) few.set(statement, work);
      continue;
    }
    // Timers run the same statements more often on a slow machine, but not once for every twenty jobs.
    const grown = [...works].filter(([statement, work]) => work - (few.get(statement) ?? 0) > manyJobs / 20);
    expect(grown).toEqual([]);
  }
});
