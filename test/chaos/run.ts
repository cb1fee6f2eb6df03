import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Job } from "@toolcast/core";
import { type Clock, hasEnded, type JobEngine, StorageError } from "@toolcast/core/engine";
import type { LedgerEntry } from "@toolcast/sandbox";
import type { ChaosArguments } from "./arguments.ts";
import type { Asked } from "./asked.ts";
import { createChance } from "./chance.ts";
import { type ChatRecord, openChats } from "./chats.ts";
import type { Child } from "./child.ts";
import { type Copies, checkHeld, release, runCopies } from "./copies.ts";
import { after, type Crew, runCrew } from "./crew.ts";
import type { DatabaseFaults } from "./database.ts";
import { createFastClock } from "./fast-clock.ts";
import { startKeyedVendor } from "./keyed-vendor.ts";
import { type LagLine, watchLag } from "./lag.ts";
import { createLoad } from "./load.ts";
import { type MachineFaults, runMachineFaults, startWell } from "./machine-faults.ts";
import { createPeople, type People } from "./people.ts";
import { readLines, readRoom } from "./room-surface.ts";
import type { DispatchLine, RoomLine, World } from "./settings.ts";
import { openStore } from "./store.ts";
import { readMade } from "./stored-media.ts";
import { openUnderlay } from "./underlay.ts";
import { runVendors, type Vendors } from "./vendors.ts";

/** Everything known about a run when it is over. */
export interface RunRecord {
  directory: string;
  world: World;
  logDirectory: string;
  environment: Record<string, string>;
  jobs: Job[];
  asked: Asked[];
  /** The counters of the store, including the ledger and what is probably charged. */
  counters: { name: string; count: number }[];
  ledger: LedgerEntry[];
  /** Which job made each medium that later steps used as input, see `stored-media.ts`. */
  made: ReadonlyMap<string, string>;
  room: RoomLine[];
  /** What was left on each chat platform. */
  chats: ChatRecord[];
  dispatches: DispatchLine[];
  /** When the harness, an app or the vendors did not get the machine. */
  lags: LagLine[];
  crew: Pick<Crew, "lives" | "troubles" | "killed" | "neverKilledAt">;
  machine: Pick<MachineFaults, "clockSteps" | "fullDisk">;
  /** What happened to the database; null for files. */
  database: Pick<DatabaseFaults, "restarts" | "failovers" | "away"> | null;
  /** The database as text; null for files. */
  dump: string | null;
  /** Backups that lived beside the original, and what was wrong with those and with the restored data. */
  copies: Omit<Copies, "calm">;
  outages: Vendors["outages"];
  tokenEnds: Vendors["tokenEnds"];
  orders: Vendors["orders"];
  presses: People["presses"];
  reads: People["reads"];
  /** Wishes that never reached an app. */
  notSent: string[];
  /** What still changed when the run no longer waited for rest. */
  unrest: { what: string; job: Job }[];
  peakRssBytes: number;
  /** Ends what the apps stored in; to be called once the run has been audited. */
  end: () => Promise<void>;
  durationMs: number;
}

/** The world runs ten times as fast: its leases of 30 s last 3 s. */
const factor = 10;
const leaseMs = 30_000 / factor;
/** Longer than the limit for work that never ends (30 minutes of the world), even if it began last. */
const restMs = (30 * 60_000) / factor + 120_000;
/** Without such work; longer than the longest pause of a schedule, which PostgreSQL measures by its own clock. */
const shortRestMs = 90_000;
/** Each decision of a person may begin the longest work again; after so many times its length nobody waits any more. */
const mostRests = 3;

/** How many jobs each chat platform has to carry. */
export const leastOnPlatform = ({ jobs }: Pick<ChaosArguments, "jobs">): number => Math.floor(jobs / 20);
/** While some arrow is still unused, at most this many times the wanted number of jobs is requested. */
const mostWork = 2;

/** Runs the load under faults, then lets everything come to rest. */
export async function runChaos(wanted: ChaosArguments): Promise<RunRecord> {
  const startedAt = Date.now();
  const directory = mkdtempSync(join(tmpdir(), "toolcast-chaos-"));
  const underlay = await openUnderlay(wanted.engine);
  let world: World = {
    ...underlay.place,
    epochMs: startedAt,
    factor,
    dataDirectory: join(directory, "data"),
    roomFile: join(directory, "room.jsonl"),
    dispatchFile: join(directory, "dispatches.jsonl"),
    killFile: join(directory, "kills.jsonl"),
    machineFile: join(directory, "machine.json"),
    lagFile: join(directory, "lags.jsonl"),
    dailyPerPerson: wanted.short ? 9 : 40,
    sandboxDirectory: join(directory, "sandbox"),
    sandboxSpeed: 4,
  };
  const logDirectory = join(directory, "logs");
  for (const made of [world.dataDirectory, logDirectory]) mkdirSync(made, { recursive: true, mode: 0o700 });
  startWell(world);
  watchLag(world);
  const clock = createFastClock(world);
  const chance = (part: number) => createChance(wanted.seed * 8 + part);
  let crowd: People | undefined;
  const vendors = await runVendors({
    ...{ world, clock, logDirectory, chance: chance(0) },
    kills: wanted.short ? 1 : 10,
    asked: () => crowd?.asked.length ?? 0,
    everyMs: wanted.short ? [500, 1_500] : [800, 3_000],
  });
  const chats = await openChats({
    ...{ clock, seed: wanted.seed * 8 + 3, asked: () => crowd?.asked.length ?? 0 },
    everyMs: wanted.short ? [200, 800] : [400, 1_600],
  });
  const keyedVendor = await startKeyedVendor({ clock, chance: chance(8) });
  const ofCopies = {
    ...vendors.environment,
    ...keyedVendor.environment,
    ...{ XJC_CONCURRENT: "8", XJC_STARTS_PER_SECOND: "4", DASHSCOPE_CONCURRENT: "6", DASHSCOPE_STARTS_PER_SECOND: "4" },
  };
  const environment = { ...ofCopies, ...chats.environment };
  const usual = { world, clock, logDirectory, environment, leaseMs };
  let store = await openStore(world, clock);
  for (const platform of chats.platforms) await platform.prepare(store.state);
  const crew = runCrew({
    ...{ ...usual, chance: chance(1) },
    lifeMs: wanted.short ? [700, 2_000] : [900, 4_000],
    kills: wanted.kills,
    everyArrow: !wanted.short,
  });
  // Both are others once the data have been restored.
  let atWork = crew;
  const engine = patient(() => store.engine);
  const people = createPeople({
    ...{ crew: { anyone: () => atWork.anyone() }, platforms: chats.platforms, engine, clock, chance: chance(2) },
  });
  crowd = people;
  const machine = runMachineFaults({
    ...{ world, clock, crew, chance: chance(4), fillsDisk: wanted.engine === "sqlite" },
    asked: () => crowd?.asked.length ?? 0,
    everyMs: wanted.short ? [1_500, 3_000] : [8_000, 15_000],
  });
  const database = underlay.runFaults({
    ...{ clock, chance: chance(7), asked: () => people.asked.length },
    everyMs: wanted.short ? [1_500, 4_000] : [8_000, 15_000],
  });
  const copies = runCopies({
    ...{ world, logDirectory, environment: ofCopies, leaseMs, chance: chance(5), whileWell: underlay.whileWell },
    takeBackup: underlay.takeBackup,
    isBegun: () => crew.lives.length > 0,
    asked: () => people.asked.length,
    lastAtWish: 0.8 * wanted.jobs,
    everyMs: wanted.short ? [2_000, 4_000] : [10_000, 20_000],
  });
  const memory = watchMemory(() => atWork.everyone());
  let living = keepLooking(people);

  const notSent = await sendAll({ wanted, crew, engine, people, clock, load: chance(3), startedAt });
  crew.calm();
  vendors.calm();
  keyedVendor.calm();
  await chats.calm();
  await machine.calm();
  await copies.calm();
  await database?.calm();
  // What is still open continues from a restored backup.
  await living.stop();
  await crew.end();
  await store.close();
  world = await underlay.restore(world);
  store = await openStore(world, clock);
  copies.openWhenRestored = (await allJobs(engine)).filter((job) => !isAtRest(job)).length;
  atWork = runCrew({ ...usual, world, chance: chance(6), lifeMs: [1_000, 2_000], kills: 0, everyArrow: false });
  atWork.calm();
  await atWork.seated();
  living = keepLooking(people);
  copies.troubles.push(...(await checkHeld(world, () => atWork.everyone(), leaseMs, chats.aboutJobs)));
  await release(world, clock);
  const unrest = await untilRest(engine, wanted.short ? shortRestMs : restMs);
  await living.stop();
  await atWork.end();
  const onPlatforms = chats.record();
  await chats.end();
  memory.stop();
  const ledger = [...(await vendors.ledger()), ...keyedVendor.ledger()];
  await Promise.all([vendors.end(), keyedVendor.end()]);
  const jobs = await allJobs(engine);
  const counters = await engine.counters("");
  await store.close();
  const dump = underlay.dump(world);
  const made = await readMade(world, jobs);
  const everyLife = {
    ...crew,
    lives: [...crew.lives, ...atWork.lives],
    troubles: [...crew.troubles, ...atWork.troubles],
  };
  return {
    ...{ directory, world, logDirectory, environment, jobs, counters, ledger, machine, copies, notSent, unrest },
    crew: everyLife,
    ...{ made, dump, database, end: underlay.end },
    asked: people.asked,
    room: readRoom(world.roomFile),
    chats: onPlatforms,
    dispatches: readLines<DispatchLine>(world.dispatchFile),
    lags: readLines<LagLine>(world.lagFile),
    outages: vendors.outages,
    tokenEnds: vendors.tokenEnds,
    orders: vendors.orders,
    presses: people.presses,
    reads: people.reads,
    peakRssBytes: memory.peakBytes(),
    durationMs: Date.now() - startedAt,
  };
}

interface Sending {
  wanted: ChaosArguments;
  crew: Crew;
  engine: JobEngine;
  people: People;
  clock: Clock;
  load: ReturnType<typeof createChance>;
  startedAt: number;
}

/** Sends wishes as fast as jobs end, until there are enough jobs and kills. Returns those that could not be sent. */
async function sendAll({ wanted, crew, engine, people: crowd, load, startedAt }: Sending): Promise<string[]> {
  const [people, dashPeople] = wanted.short ? [8, 4] : [20, 10];
  const next = createLoad({ chance: load, people, dashPeople, allowsEndless: !wanted.short });
  const openAtOnce = wanted.short ? 30 : 60;
  const notSent: string[] = [];
  const waiting: ReturnType<typeof next>[] = [];
  const sending = new Set<Promise<void>>();
  const isLate = () => Date.now() - startedAt > wanted.minutes * 60_000;
  const isEnough = () => {
    const { arrow, random } = crew.killed();
    const isSpread = crowd.fewestOnPlatform() >= leastOnPlatform(wanted) || crowd.accepted() >= wanted.jobs * mostWork;
    const isWorkDone = crowd.accepted() >= wanted.jobs && isSpread && arrow + random >= wanted.kills;
    // The last arrows are rarely crossed; this bounds the extra work spent on them.
    const isCovered = crew.neverKilledAt().length === 0 || crowd.accepted() >= wanted.jobs * mostWork;
    return isWorkDone && (wanted.short || isCovered);
  };
  while (!isEnough() && !isLate()) {
    const open = await engine.count({ phases: ["held", "queued", "starting", "running"] });
    for (let free = openAtOnce - open - sending.size; free > 0; free -= 1) {
      const ready = waiting.findIndex((wish) => crowd.canAsk(wish));
      const wish = ready < 0 ? next() : waiting.splice(ready, 1)[0]!;
      if (!crowd.canAsk(wish)) {
        waiting.push(wish);
        continue;
      }
      const sent = crowd.ask(wish).catch((error: unknown) => void notSent.push(`${wish.key}: ${String(error)}`));
      sending.add(sent);
      void sent.finally(() => sending.delete(sent));
    }
    await after(150);
  }
  await Promise.all(sending);
  return notSent;
}

function keepLooking(people: People): { stop(): Promise<void> } {
  let stopped = false;
  const looking = (async () => {
    while (!stopped) {
      await people.look();
      await after(250);
    }
  })();
  return {
    async stop() {
      stopped = true;
      await looking;
    },
  };
}

/** The engine, asked again while its database is away: the harness reads, and must not end before the apps do. */
function patient(engine: () => JobEngine): JobEngine {
  return new Proxy({} as JobEngine, {
    get:
      (_target, name) =>
      async (...given: unknown[]) => {
        for (;;) {
          try {
            return await Reflect.get(engine(), name).apply(engine(), given);
          } catch (error) {
            if (!(error instanceof StorageError)) throw error;
            await after(200);
          }
        }
      },
  });
}

/**
 * Waits until every job is at rest and every notice is settled, or nothing has changed for `unchangedMs`, but no longer
 * than some times that. Returns what still changed then.
 */
async function untilRest(engine: JobEngine, unchangedMs: number): Promise<RunRecord["unrest"]> {
  const changedAt = new Map<string, { version: number; at: number; times: number }>();
  const giveUpAt = Date.now() + mostRests * unchangedMs;
  for (let calmLooks = 0; ; ) {
    await after(500);
    const jobs = await allJobs(engine);
    for (const { id, version } of jobs) {
      const known = changedAt.get(id);
      if (known?.version !== version) {
        changedAt.set(id, { version, at: Date.now(), times: (known?.times ?? -1) + 1 });
      }
    }
    calmLooks = jobs.every(isAtRest) ? calmLooks + 1 : 0;
    const lastChange = Math.max(...[...changedAt.values()].map(({ at }) => at));
    if (calmLooks >= 3 || Date.now() - lastChange > unchangedMs) return [];
    if (Date.now() > giveUpAt) {
      return jobs.flatMap((job) => {
        const { at = 0, times = 0 } = changedAt.get(job.id) ?? {};
        const isChanging = !isAtRest(job) && Date.now() - at <= unchangedMs;
        return isChanging ? [{ what: `still changes, ${times} times while everything was calm`, job }] : [];
      });
    }
  }
}

/** Nothing more will happen to it unless somebody acts. */
function isAtRest(job: Job): boolean {
  const isSaid = job.notices.every(({ state }) => ["sent", "kept", "undeliverable"].includes(state));
  return isSaid && (hasEnded(job) || job.state.phase === "unresolved");
}

async function allJobs(engine: JobEngine): Promise<Job[]> {
  const jobs = new Map<string, Job>();
  for (let before = Number.MAX_SAFE_INTEGER; ; ) {
    const page = await engine.list({ createdBefore: before, limit: 1_000 });
    for (const job of page) jobs.set(job.id, job);
    if (page.length < 1_000) return [...jobs.values()];
    // Jobs created in the same millisecond may be on both sides of a page boundary.
    before = page.at(-1)!.createdAt + 1;
  }
}

function watchMemory(apps: () => Pick<Child, "url">[]): { peakBytes(): number; stop(): void } {
  let peak = 0;
  const timer = setInterval(() => {
    for (const app of apps()) {
      fetch(`${app.url}/memory`, { signal: AbortSignal.timeout(2_000) })
        .then((answer) => answer.json() as Promise<{ rssBytes: number }>)
        .then(({ rssBytes }) => {
          peak = Math.max(peak, rssBytes);
        })
        .catch(() => {});
    }
  }, 1_000);
  return { peakBytes: () => peak, stop: () => clearInterval(timer) };
}
