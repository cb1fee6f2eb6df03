import type { Job } from "@toolcast/core";
import type { JobEngine } from "@toolcast/core/engine";
import { assetsOf, hasEnded } from "@toolcast/core/engine";
import type { CheckEnd, StartEnd } from "@toolcast/core/provider";
import { expect } from "vitest";
import type { OpenEngine } from "../contracts/engine-fixture.ts";
import { usualOutput, type VendorStart, vendorFailure } from "../doubles/scripted-provider.ts";
import { ada, createInstallation, isWorkUnderWay, operator, type RunningProcess, settle } from "../runtime-fixture.ts";
import { createSeededRandom } from "../seeded-random.ts";
import { type Answer, type Holder, JobModel, type StartModel } from "./life-model.ts";

/** How many starts one person may make on one day. */
const dailyPerPerson = 8;
/** Longer than a lease, the first look at an unclear start and several waits between sends. */
const restMs = 20 * 60_000;

export interface LifeProcess extends Holder {
  running: RunningProcess;
  frozen: boolean;
}

/** A start at the vendor, with the way to answer it. */
export interface VendorStartModel extends StartModel {
  job: JobModel;
  at: VendorStart;
  reference: string;
  day: string;
  end(answer: StartEnd): void;
}

export interface LifeWorld {
  jobs: JobModel[];
  starts: VendorStartModel[];
  processes: LifeProcess[];
  engine: JobEngine;
  /** Somebody to talk to: a process that is neither dead nor stopped. */
  anyone(index: number): LifeProcess;
  ask(index: number, steps: number): Promise<void>;
  answer(start: VendorStartModel, answer: Answer): void;
  press(job: JobModel, action: "cancel" | "start-again" | "leave", index: number): Promise<void>;
  callBack(start: VendorStartModel, index: number, forged: boolean): Promise<void>;
  crash(process: LifeProcess, successorDiesAt: number | undefined): Promise<void>;
  freeze(process: LifeProcess): void;
  thaw(): void;
  setClock(byMs: number): void;
  pass(ms: number): Promise<void>;
  failSend(how: "throw-before" | "throw-after"): void;
  /** Lets everything happen that needs no time, and compares every record with its model. */
  compare(): Promise<void>;
  /** Ends every fault, lets everything come to rest and compares what is left. */
  conclude(): Promise<void>;
  close(): Promise<void>;
}

/** Two processes on one store, people and a vendor who do as they are told, and a model of every job. */
export async function openLifeWorld(
  open: OpenEngine,
  limits: { concurrent: number; startsPerSecond: number },
  /** Whether the engine's leases follow the wall clock, so that setting it may end them. */
  leasesFollowClock: boolean,
): Promise<LifeWorld> {
  const installation = await createInstallation();
  const { clock, provider, platform } = installation;
  const opened = await open({ clock, random: createSeededRandom(11), stepsWithClock: true });
  clock.settleWith(async () => {
    const busy = isWorkUnderWay();
    if (busy) {
      await settle();
    }
    return busy;
  });
  provider.limits = limits;
  const violations: string[] = [];
  /** Instants of the last starts, on a clock that nobody sets. */
  let recent: number[] = [];
  /** Dead processes that did nothing when they died, or whose last work has been compared. */
  const buried = new Set<LifeProcess>();
  let stepped = 0;
  let keys = 0;
  let stepsAsked = 0;
  const steady = () => clock.now() - stepped;

  const world: LifeWorld = {
    jobs: [],
    starts: [],
    processes: [],
    engine: opened.engine,
    anyone(index) {
      const able = world.processes.filter((process) => !process.isDead() && !process.isFrozen());
      return able[index % able.length]!;
    },
    async ask(index, steps) {
      keys += 1;
      stepsAsked = steps;
      const key = `event-${keys}`;
      for (;;) {
        const process = world.anyone(index);
        const { runtime, life } = process.running;
        const request = runtime.call({ tool: "image", input: { prompt: "日照金山", count: steps }, caller: ada, key });
        const reply = await untilDone(request, life.death);
        if (reply !== undefined) {
          expect(reply).toMatchObject({ type: "job" });
          modelOf(reply.type === "job" ? reply.job.id : "");
        }
        await clock.advance(0);
        if (!life.dead) {
          return;
        }
        // The platform sends it again.
        await heal();
      }
    },
    answer(start, answer) {
      start.answer = answer;
      start.state = "answered";
      start.end(endOf(start, answer));
    },
    async press(job, action, index) {
      const { runtime, life } = world.anyone(index).running;
      job.isBeingStartedAgain = action === "start-again";
      await untilDone(runtime.press({ action, subject: job.id, caller: ada }), life.death);
      await clock.advance(0);
      const record = await recordOf(job);
      const times = (event: string) => record.timeline.filter((entry) => entry.event === event).length;
      if (action === "cancel") {
        job.isCancelWished ||= times("cancel-wished") > 0 && record.cancelWish !== undefined;
      } else if (action === "leave" && times("left") > 0 && !job.isLeft) {
        job.giveUp();
        job.isLeft = true;
      } else if (times("started-again") > job.timesStartedAgain) {
        job.startAgain();
      }
      job.isBeingStartedAgain = false;
    },
    async callBack(start, index, forged) {
      const { runtime, life } = world.anyone(index).running;
      const url = `${start.at.context.callbackUrl}${forged ? "x" : ""}`;
      const answer = await untilDone(
        runtime.handlePublic(new Request(url, { method: "POST", body: "{}" })),
        life.death,
      );
      if (answer !== undefined) {
        expect(answer?.status).toBe(forged ? 404 : 200);
      }
    },
    async crash(process, successorDiesAt) {
      process.running.life.die();
      buried.add(process);
      await heal(successorDiesAt);
    },
    freeze(process) {
      process.frozen = true;
      process.running.life.freeze();
      for (const start of world.starts.filter(({ holder, state }) => holder === process && state === "pending")) {
        start.mayBeCutOff = true;
      }
    },
    thaw() {
      for (const process of world.processes.filter(({ frozen }) => frozen)) {
        process.frozen = false;
        process.running.life.thaw();
      }
    },
    setClock(byMs) {
      stepped += byMs;
      recent = [];
      clock.step(byMs);
      if (leasesFollowClock) {
        for (const start of world.starts.filter(({ state }) => state === "pending")) {
          start.mayBeCutOff = true;
        }
      }
    },
    pass: (ms) => clock.advance(ms),
    failSend: (how) => platform.nextSend(how),
    async compare() {
      await clock.advance(0);
      const dead = world.processes.find((process) => process.isDead() && !buried.has(process));
      await heal();
      expect(violations).toEqual([]);
      for (const job of world.jobs) {
        const record = await recordOf(job);
        if (dead !== undefined) {
          job.noteUnsent(record, dead);
        }
        expect(job.phases(), `${job.id} ${told(job)}`).toContain(record.state.phase);
        job.adopt(record);
      }
      for (const process of world.processes.filter((process) => process.isDead())) {
        buried.add(process);
      }
    },
    async conclude() {
      world.thaw();
      await heal();
      provider.everyCheck = (reference) => checkEnd(startOf(reference), "made");
      for (const end = steady() + restMs; !(await isAtRest()); ) {
        for (const start of world.starts.filter(({ state, holder }) => state === "pending" && !holder.isDead())) {
          world.answer(start, "made");
        }
        await clock.advance(1_000);
        await world.compare();
        expect(steady(), "something is stuck").toBeLessThan(end);
      }
      await compareEnds();
    },
    async close() {
      await installation[Symbol.asyncDispose]();
      await opened.close();
    },
  };

  provider.everyCheck = (reference) => checkEnd(startOf(reference));
  provider.everyCancel = (reference) => {
    const start = startOf(reference);
    start.operation ??= "stopped";
    return start.operation === "stopped" ? "stopped" : "goes-on";
  };
  provider.everyStart = (at) => {
    const holder = holderOfNewStart();
    const job = modelOf(at.jobId);
    const objection = job.objectionToStart();
    if (objection !== null) {
      violations.push(`${job.id}: ${objection}`);
    }
    const others = world.jobs.filter((other) => other !== job && other.isTakingPlace()).length;
    if (others >= limits.concurrent) {
      violations.push(`${job.id}: started beside ${others} others`);
    }
    recent = [...recent.filter((instant) => instant > steady() - 1_000), steady()];
    if (recent.length > limits.startsPerSecond) {
      violations.push(`${job.id}: start ${recent.length} within a second`);
    }
    const day = new Date(clock.now()).toISOString().slice(0, 10);
    const isCounted = ({ answer }: StartModel) => answer !== "refused" && answer !== "later";
    const ofToday = world.starts.filter((start) => start.day === day && isCounted(start)).length;
    if (ofToday >= dailyPerPerson) {
      violations.push(`${job.id}: start ${ofToday + 1} of ${day}`);
    }
    const { promise, resolve } = Promise.withResolvers<StartEnd>();
    const start: VendorStartModel = {
      ...{ job, at, day, holder, end: resolve, reference: `operation-${world.starts.length}` },
      ...{ state: "pending", mayBeCutOff: holder.frozen, isGivenUp: false },
    };
    job.starts.push(start);
    world.starts.push(start);
    return promise;
  };

  /** The process whose last effect is to have asked the vendor, just now. */
  const effectsAtStart = new Map<LifeProcess, number>();
  function holderOfNewStart(): LifeProcess {
    const process = world.processes.find((candidate) => {
      const { effects } = candidate.running.life;
      const isAsking = effects.at(-1)?.name === "image.start" && effects.at(-1)?.when === "before";
      // One that died as it was about to ask has asked nothing, though that was its last effect.
      return isAsking && !candidate.isDead() && effects.length > (effectsAtStart.get(candidate) ?? 0);
    })!;
    effectsAtStart.set(process, process.running.life.effects.length);
    return process;
  }

  /** The vendor may be asked before the request for the job is answered: one that is unknown is the one asked for. */
  function modelOf(id: string): JobModel {
    const known = world.jobs.find((job) => job.id === id);
    const job = known ?? new JobModel(id, stepsAsked);
    if (known === undefined) {
      world.jobs.push(job);
    }
    return job;
  }

  function startOf(reference: unknown): VendorStartModel {
    return world.starts.find((start) => start.reference === (reference as { vendor: string }).vendor)!;
  }

  async function recordOf({ id }: { id: string }): Promise<Job> {
    const job = await opened.engine.read(id);
    expect(job, `${id} is lost`).not.toBeNull();
    return job!;
  }

  /** Starts a process in place of each dead one. */
  async function heal(killAt?: number): Promise<void> {
    const dead = world.processes.filter((process) => process.isDead());
    const gone = 2 - (world.processes.length - dead.length);
    for (let more = gone; more > 0; more -= 1) {
      await openProcess(more === 1 ? killAt : undefined);
    }
  }

  async function openProcess(killAt?: number): Promise<void> {
    const running = await installation.open({
      ...{ killAt, openEngine: (own) => opened.another(own) },
      policy: { operators: [operator.id], dailyPerPerson, timeZone: "UTC" },
    });
    const process: LifeProcess = {
      ...{ running, frozen: false },
      isDead: () => running.life.dead,
      isFrozen: () => process.frozen,
    };
    world.processes.push(process);
  }

  async function isAtRest(): Promise<boolean> {
    const records = await Promise.all(world.jobs.map(recordOf));
    return records.every(
      (record) =>
        (hasEnded(record) || ["held", "unresolved"].includes(record.state.phase)) &&
        record.notices.every(({ state }) => state === "sent" || state === "kept") &&
        record.steps.every(({ earlier = [] }) =>
          earlier.every(({ state, reference }) => state !== "unknown" || reference === undefined),
        ),
    );
  }

  async function compareEnds(): Promise<void> {
    for (const job of world.jobs) {
      const record = await recordOf(job);
      const about = `${job.id} ${told(job)}`;
      const { phase } = record.state;
      expect(["pending", "answered", "running"], about).not.toContain(job.current?.state);
      if (phase === "succeeded") {
        expect(job.made, about).toBe(job.steps);
      } else if (phase === "unresolved") {
        expect(job.current?.state, about).toBe("unclear");
      } else if (phase === "held") {
        expect(record.state, about).toMatchObject({ hold: { reason: "budget" } });
      }
      const results = assetsOf(record).length;
      const further = job.starts.filter(({ isGivenUp }) => isGivenUp);
      const late = further.filter(isReceived).length;
      const doubtful = further.filter(({ answer, holder }) => answer !== undefined && holder.isDead()).length;
      expect(results, about).toBeGreaterThanOrEqual(job.made + late);
      expect(results, about).toBeLessThanOrEqual(job.made + late + doubtful);
      for (const notice of record.notices.filter(({ state }) => state === "sent")) {
        expect(platform.read(notice.id).length, about).toBe(1);
      }
    }
    expect((await opened.engine.list({ limit: 1_000 })).length).toBe(world.jobs.length);
    const { providers } = await world.anyone(0).running.runtime.overview(operator);
    expect(providers.map(({ running }) => running)).toEqual([0]);
  }

  /** Whether a process that lives was told the result of a start that had been given up. */
  function isReceived({ answer, holder, operation }: StartModel): boolean {
    return !holder.isDead() && (answer === "made" || (answer === "operation" && (operation ?? "made") === "made"));
  }

  await openProcess();
  await openProcess();
  return world;
}

/** What has been asked of the vendor for the job, for the message of a failure. */
function told({ steps, starts, isCancelWished, isLeft, timesStartedAgain }: JobModel): string {
  const said = starts.map(({ state, answer, operation, mayBeCutOff, isGivenUp, holder }) => ({
    ...{ state, answer, operation, mayBeCutOff, isGivenUp, dead: holder.isDead() },
  }));
  return JSON.stringify({ steps, isCancelWished, isLeft, timesStartedAgain, said });
}

function endOf({ reference }: VendorStartModel, answer: Answer): StartEnd {
  switch (answer) {
    case "made":
      return { end: "done", output: usualOutput("image") };
    case "operation":
      return { end: "operation", reference: { vendor: reference } };
    case "refused":
      return { end: "refused", failure: vendorFailure() };
    case "later":
      return { end: "refused", failure: vendorFailure({ retry: { kind: "later" } }) };
    case "unknown":
      return { end: "unknown", failure: vendorFailure({ kind: "unknown", charged: "unknown" }) };
    default:
      return answer satisfies never;
  }
}

function checkEnd(start: VendorStartModel, otherwise?: "made"): CheckEnd {
  start.operation ??= otherwise;
  switch (start.operation) {
    case undefined:
      return { state: "pending" };
    case "made":
      return { state: "done", output: usualOutput("image") };
    case "lost":
      return { state: "lost", failure: vendorFailure({ kind: "unknown", charged: "unknown" }) };
    default:
      return { state: "failed", failure: vendorFailure() };
  }
}

/** Undefined if the process died first. */
function untilDone<T>(work: Promise<T>, death: Promise<void>): Promise<T | undefined> {
  return Promise.race([work, death.then(() => undefined)]);
}
