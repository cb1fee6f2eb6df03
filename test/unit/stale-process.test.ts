import type { Job } from "@toolcast/core";
import type { StartEnd } from "@toolcast/core/provider";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { usualOutput } from "../doubles/scripted-provider.ts";
import { createMemoryEngine } from "../memory-engine.ts";
import { ada, createInstallation, type Installation, leaseMs, settle, startJob } from "../runtime-fixture.ts";
import { createSeededRandom } from "../seeded-random.ts";
import { createSleepyClock, type SleepyClock } from "../sleepy-clock.ts";
import { verifies } from "../verifies.ts";

let installation: Installation;
let sleeper: SleepyClock;
let morning: PromiseWithResolvers<void>;
beforeEach(async () => {
  installation = await createInstallation();
  sleeper = createSleepyClock(installation.clock);
  morning = Promise.withResolvers();
});
afterEach(() => installation[Symbol.asyncDispose]());

/** A process that is suspended right after the first write for which `isBedtime` holds. */
async function openSleeper(isBedtime: (job: Job) => boolean) {
  let slept = false;
  const engine = createMemoryEngine({
    ...{ clock: sleeper, random: createSeededRandom(9), shared: installation.store, leaseMs, pollMs: 5_000 },
  });
  const process = await installation.open({
    clock: sleeper,
    started: false,
    engine: {
      ...engine,
      async write(job, options) {
        const end = await engine.write(job, options);
        if (!slept && isBedtime(job)) {
          slept = true;
          sleeper.fallAsleep();
          await morning.promise;
        }
        return end;
      },
    },
  });
  const { id } = await startJob(process, "image", { prompt: "x" });
  await process.runtime.start();
  await settle();
  return id;
}

async function wakeUp(): Promise<void> {
  // What it was about to do comes before any of its timers.
  morning.resolve();
  await settle();
  sleeper.wakeUp();
  await settle();
}

const job = (id: string) => installation.job(id);
const isSaid = ({ notices }: Job) =>
  notices.length > 0 && notices.every(({ state }) => state === "sent" || state === "kept");

describe("a process that was suspended while another took over", () => {
  test("does not send what the other has sent", async () => {
    verifies("delivered.once", "survives.lease");
    const id = await openSleeper(({ notices }) => notices.some(({ state }) => state === "sending"));
    expect(installation.platform.tries).toEqual([]);
    await installation.open();
    await installation.until(() => isSaid(job(id)));
    await wakeUp();
    await installation.pass(60_000);
    expect(installation.platform.tries).toHaveLength(1);
    expect(isSaid(job(id))).toBe(true);
  });

  test("does not make a start that counts as cut off and was made again", async () => {
    verifies("paid-once.one-start-a-step", "survives.cut-off-start");
    const id = await openSleeper(({ state }) => state.phase === "starting");
    const { runtime } = await installation.open();
    await installation.until(() => job(id).state.phase === "unresolved");
    await runtime.press({ action: "start-again", subject: id, caller: ada });
    await installation.until(() => isSaid(job(id)) && job(id).state.phase === "succeeded");
    await wakeUp();
    await installation.pass(60_000);
    expect(installation.provider.starts).toHaveLength(1);
    expect(job(id).state.phase).toBe("succeeded");
  });

  test.each([
    ["alone, records no start that could be mistaken for one cut off", false],
    ["does not mistake the other's new start for one cut off", true],
  ])("%s", async (_name, isTakenOver) => {
    verifies("survives.lease", "survives.cut-off-start");
    let isBedtime = false;
    let slept = false;
    const engine = createMemoryEngine({
      ...{ clock: sleeper, random: createSeededRandom(9), shared: installation.store, leaseMs, pollMs: 5_000 },
    });
    const first = await installation.open({
      clock: sleeper,
      started: false,
      engine: {
        ...engine,
        async read(jobId) {
          const read = await engine.read(jobId);
          if (isBedtime && !slept) {
            slept = true;
            sleeper.fallAsleep();
            await morning.promise;
          }
          return read;
        },
      },
    });
    const { id } = await startJob(first, "image", { prompt: "x" });
    isBedtime = true;
    await first.runtime.start();
    await installation.until(() => slept);
    const answer = Promise.withResolvers<StartEnd>();
    if (isTakenOver) {
      installation.provider.nextStart("image", () => answer.promise);
      await installation.open();
      await installation.until(() => job(id).state.phase === "starting");
    } else {
      await installation.pass(leaseMs + 1_000);
    }
    await wakeUp();
    await installation.pass(2_000);
    answer.resolve({ end: "done", output: usualOutput("image") });
    await installation.until(() => job(id).state.phase === "succeeded");
    const starts = job(id).timeline.filter(({ event }) => /dispatched|start-/.test(event));
    expect(starts.map(({ event }) => event)).toEqual(["dispatched"]);
    expect(installation.provider.starts).toHaveLength(1);
  });

  test("reopens nothing when its own send ends late", async () => {
    verifies("delivered.once");
    const { platform } = installation;
    let slept = false;
    const first = await installation.open({ attached: false, started: false });
    first.runtime.attach({
      ...platform.surface,
      async deliver(route, delivery) {
        if (!slept) {
          slept = true;
          await morning.promise;
          return { end: "closed", reason: "no such message" };
        }
        return platform.surface.deliver(route, delivery);
      },
    });
    const { id } = await startJob(first, "image", { prompt: "x" });
    await first.runtime.start();
    await installation.until(() => slept);
    installation.store.entries.get(id)!.lease = null;
    await (await installation.open()).runtime.acknowledged(id, { message: 1 });
    await installation.until(() => isSaid(job(id)));
    morning.resolve();
    await installation.pass(60_000);
    expect(platform.read(`${id}.1`)).toHaveLength(1);
    expect(isSaid(job(id))).toBe(true);
  });
});
