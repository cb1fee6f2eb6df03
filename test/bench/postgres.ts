import { silentLogger, systemClock, systemRandom } from "@toolcast/core";
import { openPostgresEngine } from "@toolcast/core/engine";
import { createReceivingTurn } from "@toolcast/core/surface";
import { reasonToSkipPostgres, startPostgres } from "../postgres-cluster.ts";
import { sampleJob } from "../sample-job.ts";
import type { Group } from "./bench.ts";
import { timed } from "./closed-loop.ts";
import { measured } from "./notation.ts";
import { compare, medianOf, ratioOf } from "./pair.ts";
import { openRawTable } from "./postgres-rows.ts";
import type { Effort, Row } from "./row.ts";
import { type Measured, program, startNode } from "./side-process.ts";
import { spreadOf } from "./statistics.ts";

/** As an installation has it: what was committed survives. */
const durable = ["fsync=on", "full_page_writes=on", "synchronous_commit=on", "shared_buffers=128MB"];
const callersInAll = 64;
const takeOverGoal = { atMost: 15_000 };

type Rows = Omit<Row, "group">[];

async function acceptedJobs(ourUrl: string, rawUrl: string, effort: Effort): Promise<Rows> {
  const engine = await openPostgresEngine({ url: ourUrl, clock: systemClock, random: systemRandom });
  let asked = 0;
  const create = async () => {
    asked += 1;
    await engine.create(sampleJob(`job_bench${asked}`, { key: `bench ${asked}` }), { wakeAt: null });
  };
  await create();
  const raw = await openRawTable({ ourUrl, rawUrl });
  const rows: Rows = [];
  for (const [callers, together, insert] of [
    [1, "1 at once", raw.insert],
    [callersInAll, `${callersInAll} at once`, raw.insertWithOthers],
    [callersInAll, `${callersInAll} at once, against one commit each over as many connections`, raw.insert],
  ] as const) {
    const compared = await compare({ ours: timed(create), bare: timed(insert) }, { callers, effort });
    rows.push({
      what: `jobs stored by the engine, ${together}`,
      unit: "ratio",
      value: ratioOf(compared, "perSecond"),
      ours: measured(medianOf(compared.ours, "perSecond"), "per second"),
      bare: measured(medianOf(compared.bare, "perSecond"), "per second"),
      goal: { atLeast: 0.6 },
    });
  }
  await raw.close();
  await engine.close();
  return rows;
}

async function severalProcesses(url: string, effort: Effort): Promise<Rows> {
  const counts = [1, 2, 4];
  const perSecond = new Map<number, number[]>(counts.map((count) => [count, []]));
  const crews = new Map<number, Measured[]>();
  for (const count of counts) {
    const args = [url, "store", String(callersInAll / count), String(effort.roundMs)];
    const crew = Array.from({ length: count }, () => startNode(program("postgres-process.ts", ...args), {}, "ready"));
    crews.set(count, await Promise.all(crew));
  }
  const storedBy = async (crew: readonly Measured[]) => {
    const figures = crew.map(async ({ child, out }) => {
      const before = out().length;
      child.stdin?.write("go\n");
      for (;;) {
        const figure = /stored ([\d.]+)\n/.exec(out().slice(before));
        if (figure !== null) {
          return Number(figure[1]);
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    });
    return (await Promise.all(figures)).reduce((sum, figure) => sum + figure, 0);
  };
  // The first round only warms them up.
  for (let round = 0; round <= effort.rounds; round += 1) {
    for (const [count, crew] of crews) {
      const figure = await storedBy(crew);
      if (round > 0) {
        perSecond.get(count)?.push(figure);
      }
    }
  }
  await Promise.all([...crews.values()].flat().map(({ child }) => child.kill("SIGKILL")));
  const alone = perSecond.get(1) ?? [];
  return counts.slice(1).map((count) => ({
    what: `${count} processes with ${callersInAll / count} callers each, against one with ${callersInAll}`,
    unit: "ratio",
    value: spreadOf((perSecond.get(count) ?? []).map((figure, round) => figure / (alone[round] as number))),
    ours: measured(spreadOf(perSecond.get(count) ?? []).median, "per second"),
    bare: measured(spreadOf(alone).median, "per second"),
  }));
}

/** How long until this process has the job and the receiving turn of another that was ended or stopped so. */
async function takeOver(url: string, signal: "SIGKILL" | "SIGSTOP"): Promise<{ jobMs: number; turnMs: number }> {
  const victim = await startNode(program("postgres-process.ts", url, "hold"), {}, "ready");
  const engine = await openPostgresEngine({ url, clock: systemClock, random: systemRandom });
  const adopted = Promise.withResolvers<number>();
  const schedule = await engine.schedule({
    surfaces: () => [],
    advance: async ({ jobId }) => {
      const job = await engine.read(jobId);
      await engine.write(job as NonNullable<typeof job>, { wakeAt: null });
      adopted.resolve(performance.now());
    },
  });
  const gained = Promise.withResolvers<number>();
  const turn = createReceivingTurn({
    ...{ engine, surface: "bench", clock: systemClock, random: systemRandom, logger: silentLogger },
  });
  await turn.begin({ gained: () => gained.resolve(performance.now()), lost() {} });
  const endedAt = performance.now();
  victim.child.kill(signal);
  const ends = await Promise.all([adopted.promise, gained.promise]);
  victim.child.kill("SIGKILL");
  await turn.close();
  await schedule.stop(1_000);
  await engine.close();
  const [jobMs = 0, turnMs = 0] = ends.map((at) => at - endedAt);
  return { jobMs, turnMs };
}

async function takeOvers(url: string, effort: Effort): Promise<Rows> {
  const rounds = Math.min(3, effort.rounds);
  const measure = async (signal: "SIGKILL" | "SIGSTOP") => {
    const taken: Awaited<ReturnType<typeof takeOver>>[] = [];
    for (let round = 0; round < rounds; round += 1) {
      taken.push(await takeOver(url, signal));
    }
    return taken;
  };
  const [killed, stopped] = [await measure("SIGKILL"), await measure("SIGSTOP")];
  const row = (what: string, values: number[]): Rows[number] => {
    return { what, unit: "ms", value: spreadOf(values), goal: takeOverGoal };
  };
  return [
    row(
      "a killed process's gateway, long poll or sockets are taken over",
      killed.map(({ turnMs }) => turnMs),
    ),
    row(
      "its jobs are, on the same host",
      killed.map(({ jobMs }) => jobMs),
    ),
    row(
      "the jobs of a process that has fallen silent, as a dead host's have",
      stopped.map(({ jobMs }) => jobMs),
    ),
    row(
      "its gateway, long poll or sockets",
      stopped.map(({ turnMs }) => turnMs),
    ),
  ];
}

export const postgresGroup: Group = {
  name: "postgres",
  title: "Several processes on PostgreSQL",
  about:
    "Against `pg` inserting the same row into the same table with the same indexes, prepared once, over as many connections; of many at once, all that wait share a statement on both sides. The server commits to the same disk. Killed and silent processes are real ones.",
  async measure({ effort }) {
    const reason = reasonToSkipPostgres();
    if (reason !== null) {
      process.stdout.write(`  left out: ${reason}\n`);
      return [];
    }
    const cluster = await startPostgres(durable);
    try {
      for (const name of ["ours", "raw", "many", "lost"]) {
        await cluster.createDatabase(name);
      }
      return [
        ...(await acceptedJobs(cluster.url("ours"), cluster.url("raw"), effort)),
        ...(await severalProcesses(cluster.url("many"), effort)),
        ...(await takeOvers(cluster.url("lost"), effort)),
      ];
    } finally {
      await cluster.remove();
    }
  },
};
