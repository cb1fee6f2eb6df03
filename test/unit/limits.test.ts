import type { Job } from "@toolcast/core";
import type { PhaseName } from "@toolcast/core/engine";
import type { StartEnd } from "@toolcast/core/provider";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { usualOutput, vendorFailure } from "../doubles/scripted-provider.ts";
import { createMemoryEngine } from "../memory-engine.ts";
import { ada, createInstallation, type Installation, leaseMs, operator, startJob, upload } from "../runtime-fixture.ts";
import { createSeededRandom } from "../seeded-random.ts";
import { verifies } from "../verifies.ts";

let installation: Installation;
beforeEach(async () => {
  installation = await createInstallation();
});
afterEach(() => installation[Symbol.asyncDispose]());

const job = (id: string): Job => installation.job(id);
const reaches = (id: string, phase: PhaseName, limitMs?: number) =>
  installation.until(() => job(id).state.phase === phase, limitMs);
const picture: StartEnd = { end: "done", output: usualOutput("image") };
const grace = { ...ada, id: "chat:grace", name: "Grace" };

/** Image starts that end one by one when the test says so. */
function pendingStarts(count: number): (() => void)[] {
  return Array.from({ length: count }, () => {
    const { promise, resolve } = Promise.withResolvers<StartEnd>();
    installation.provider.nextStart("image", () => promise);
    return () => resolve(picture);
  });
}

describe("places at a provider", () => {
  test("hold across two processes, are shown with the position, and go to the next in line at once", async () => {
    verifies("spending.concurrency", "acknowledged.queue-position");
    installation.provider.limits = { concurrent: 2, startsPerSecond: 100 };
    const finish = pendingStarts(5);
    const one = await installation.open();
    const two = await installation.open();
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      const { id } = await startJob(index % 2 ? one : two, "image", { prompt: `${index}` });
      await one.runtime.acknowledged(id, { message: index });
      ids.push(id);
      await installation.pass(10);
    }
    await installation.until(() =>
      ids.slice(2).every((id) => job(id).timeline.some(({ event }) => event === "waited")),
    );
    expect(installation.provider.starts).toHaveLength(2);
    expect(ids.slice(2).map((id) => job(id).state)).toMatchObject([{ ahead: 0 }, { ahead: 1 }, { ahead: 2 }]);
    expect(installation.platform.updates.map(({ message }) => message.title)).toEqual(
      expect.arrayContaining([expect.stringContaining("2 ahead of you")]),
    );
    finish[0]!();
    await installation.until(() => installation.provider.starts.length === 3, 1_000);
    expect(installation.provider.starts[2]?.jobId).toBe(ids[2]);
    for (const end of finish) {
      end();
      await installation.pass(1_000);
      const held = [...installation.store.entries.values()].filter(({ holds }) => holds.size > 0);
      expect(held.length).toBeLessThanOrEqual(2);
    }
    await installation.until(() => ids.every((id) => job(id).state.phase === "succeeded"), 10_000);
  });

  test("a backlog is looked at once for its position and costs nothing more while the vendor finishes nothing", async () => {
    verifies("survives.backlog");
    installation.provider.limits = { concurrent: 2, concurrentPerCaller: 1, startsPerSecond: 100 };
    pendingStarts(2);
    const engine = createMemoryEngine({ clock: installation.clock, random: createSeededRandom() });
    const write = vi.spyOn(engine, "write");
    const process = await installation.open({ engine });
    const people = [ada, grace, { ...ada, id: "chat:hopper" }];
    for (let n = 0; n < 60; n += 1) {
      await startJob(process, "image", { prompt: `${n}` }, { caller: people[n % 3]! });
    }
    await installation.pass(10_000);
    expect(installation.provider.starts).toHaveLength(2);
    write.mockClear();
    await installation.pass(30 * 60_000);
    const ofWaiting = write.mock.calls.filter(([{ state }]) => state.phase === "queued");
    expect(ofWaiting).toEqual([]);
  });

  test("one person's limit does not keep others out of a free place", async () => {
    verifies("spending.concurrency");
    installation.provider.limits = { concurrent: 2, concurrentPerCaller: 1, startsPerSecond: 100 };
    const finish = pendingStarts(4);
    const process = await installation.open();
    await startJob(process, "image", { prompt: "a1" });
    await startJob(process, "image", { prompt: "g1" }, { caller: grace });
    await installation.until(() => installation.provider.starts.length === 2);
    const ada2 = await startJob(process, "image", { prompt: "a2" });
    const hopper = await startJob(process, "image", { prompt: "h1" }, { caller: { ...ada, id: "chat:hopper" } });
    await installation.pass(2_000);
    expect(installation.provider.starts).toHaveLength(2);
    finish[1]!();
    await installation.until(() => installation.provider.starts.length === 3, 2_000);
    expect(installation.provider.starts[2]?.jobId).toBe(hopper.id);
    expect(job(ada2.id).state.phase).toBe("queued");
    finish[0]!();
    await installation.until(() => installation.provider.starts.length === 4, 2_000);
  });

  test("starts per second hold across two processes", async () => {
    verifies("spending.concurrency");
    installation.provider.limits = { concurrent: 50, startsPerSecond: 2 };
    const one = await installation.open();
    const two = await installation.open();
    const at: number[] = [];
    installation.provider.nextStart(
      "image",
      ...Array.from({ length: 8 }, () => () => {
        at.push(installation.clock.now());
        return picture;
      }),
    );
    for (let index = 0; index < 8; index += 1) {
      await startJob(index % 2 ? one : two, "image", { prompt: "x" });
    }
    await installation.until(() => at.length === 8);
    for (const start of at) {
      expect(at.filter((other) => other > start - 1_000 && other <= start).length).toBeLessThanOrEqual(2);
    }
  });
});

describe("daily limits", () => {
  test("hold at the dispatch, across two processes; only operators let a job pass", async () => {
    verifies("spending.daily-limit", "spending.operators");
    const policy = { operators: [operator.id], dailyPerPerson: 3 };
    const one = await installation.open({ policy, started: false });
    const two = await installation.open({ policy, started: false });
    const jobs = await Promise.all(
      Array.from({ length: 8 }, (_, n) => startJob(n % 2 ? one : two, "image", { prompt: "x" })),
    );
    await Promise.all([one.runtime.start(), two.runtime.start()]);
    const inPhase = (phase: PhaseName) => jobs.filter(({ id }) => job(id).state.phase === phase);
    await installation.until(() => inPhase("succeeded").length + inPhase("held").length === 8);
    expect(installation.provider.starts).toHaveLength(3);
    const [held] = inPhase("held");
    expect(await one.runtime.press({ action: "release", subject: held!.id, caller: ada })).toMatchObject({
      type: "refused",
    });
    await one.runtime.press({ action: "release", subject: held!.id, caller: operator });
    await reaches(held!.id, "succeeded");
    expect(installation.provider.starts).toHaveLength(4);
  });

  test("are reported at once when reached, to this person only", async () => {
    const process = await installation.open({ policy: { operators: [], dailyPerPerson: 1 } });
    const first = await startJob(process, "image", { prompt: "x" });
    await reaches(first.id, "succeeded");
    expect(await startJob(process, "image", { prompt: "x" })).toMatchObject({
      state: { phase: "held", hold: { reason: "budget" } },
    });
    const others = await startJob(process, "image", { prompt: "x" }, { caller: grace });
    await reaches(others.id, "succeeded");
  });

  test("start the count again on a new day", async () => {
    const process = await installation.open({ policy: { operators: [], dailyTotal: 1 } });
    await reaches((await startJob(process, "image", { prompt: "x" })).id, "succeeded");
    await installation.clock.advance(24 * 60 * 60_000);
    await reaches((await startJob(process, "image", { prompt: "x" })).id, "succeeded");
  });
});

describe("a tool or provider that is gone", () => {
  test("parks the job with a sentence, and the job continues when it is back", async () => {
    verifies("survives.parked");
    const first = await installation.open({ started: false });
    const { id } = await startJob(first, "image", { prompt: "x" });
    first.life.die();
    installation.provider.without.add("image");
    const second = await installation.open();
    await reaches(id, "held");
    await installation.until(() => installation.platform.posted.length === 1);
    expect(job(id).state).toMatchObject({ hold: { reason: "parked", sentence: { values: { missing: "scripted" } } } });
    second.life.die();
    installation.provider.without.clear();
    await installation.open();
    await reaches(id, "succeeded");
  });

  test("leaves the vendor's work in progress alone, says so, and looks when it is back", async () => {
    verifies("survives.parked");
    const first = await installation.open();
    const clip = await upload(first, "avc.mp4");
    const { id } = await startJob(first, "avatar", { video: clip.id, text: "大家好" });
    await reaches(id, "running");
    first.life.die();
    installation.provider.without.add("avatarVideo");
    const second = await installation.open();
    await installation.until(() => job(id).timeline.at(-1)?.event === "check-missed", 120_000);
    expect(job(id).timeline.at(-1)?.sentence).toMatchObject({ key: "job.hold.parked" });
    second.life.die();
    installation.provider.without.clear();
    await installation.open();
    await reaches(id, "succeeded", 5 * 60_000);
    expect(installation.provider.starts).toHaveLength(1);
  });
});

describe("a start whose process was suspended in the middle of it", () => {
  async function frozenStart() {
    const late = Promise.withResolvers<StartEnd>();
    installation.provider.nextStart("image", () => late.promise);
    const first = await installation.open();
    const { id } = await startJob(first, "image", { prompt: "x" });
    await installation.until(() => installation.provider.starts.length === 1);
    first.life.freeze();
    const second = await installation.open();
    await reaches(id, "unresolved", 60_000);
    return { first, second, id, late };
  }

  test.each<[string, StartEnd, PhaseName]>([
    ["bytes", picture, "succeeded"],
    ["an address", { end: "done", output: { media: [{ url: "https://vendor.example/picture.png" }] } }, "succeeded"],
    ["an operation", { end: "operation", reference: "r" }, "succeeded"],
    ["a refusal", { end: "refused", failure: vendorFailure() }, "failed"],
  ])("counts as cut off, and its late answer still counts: %s", async (_name, end, phase) => {
    verifies("paid-once.late-answer", "survives.lease");
    if (end.end === "operation") {
      installation.provider.nextCheck({ state: "done", output: usualOutput("image") });
    }
    const { first, id, late } = await frozenStart();
    late.resolve(end);
    first.life.thaw();
    await reaches(id, phase, 60_000);
    expect(installation.provider.starts).toHaveLength(1);
    await installation.until(() => job(id).notices.every(({ state }) => state === "sent"));
    expect(job(id).notices.map(({ about }) => about)).toEqual(["unresolved", "outcome"]);
  });

  test.each<[string, StartEnd]>([
    ["a refusal", { end: "refused", failure: vendorFailure() }],
    ["not sent", { end: "not-sent", failure: vendorFailure({ retry: { kind: "later" } }) }],
  ])("never ends the start that a person made to replace it: %s", async (_name, end) => {
    verifies("paid-once.late-answer", "paid-once.one-start-a-step");
    const { first, second, id, late } = await frozenStart();
    const again = Promise.withResolvers<StartEnd>();
    installation.provider.nextStart("image", () => again.promise);
    await second.runtime.press({ action: "start-again", subject: id, caller: ada });
    await installation.until(() => installation.provider.starts.length === 2);
    late.resolve(end);
    first.life.thaw();
    await installation.pass(60_000);
    expect(job(id).state.phase).toBe("starting");
    again.resolve(picture);
    await reaches(id, "succeeded");
    expect(installation.provider.starts).toHaveLength(2);
  });
});

describe("stopping", () => {
  test("lets a start in flight end, starts nothing new, and the next process continues at once", async () => {
    verifies("survives.drain");
    const [finish] = pendingStarts(1);
    const first = await installation.open();
    const { id } = await startJob(first, "image", { prompt: "x", count: 2 });
    await installation.until(() => installation.provider.starts.length === 1);
    let stopped = false;
    void first.runtime.stop().then(() => {
      stopped = true;
    });
    // The longest duration of a start at any provider.
    await installation.pass(5 * 60_000);
    expect(stopped).toBe(false);
    finish!();
    await installation.until(() => stopped);
    expect(job(id).steps.map(({ state }) => state)).toEqual(["done", "waiting"]);
    expect(installation.provider.starts).toHaveLength(1);
    await installation.open();
    await reaches(id, "succeeded", 10_000);
    expect(installation.provider.starts).toHaveLength(2);
  });

  test("gives back a job that it got and has not read yet", async () => {
    verifies("survives.drain");
    const { clock, store } = installation;
    const engine = createMemoryEngine({ clock, random: createSeededRandom(), shared: store, leaseMs });
    let stopped: Promise<void> | undefined;
    const read: typeof engine.read = async (id) => {
      stopped ??= first.runtime.stop();
      return engine.read(id);
    };
    const first = await installation.open({ engine: { ...engine, read } });
    const { id } = await startJob(first, "image", { prompt: "x" });
    await installation.until(() => stopped !== undefined);
    await installation.pass(1_000);
    expect(installation.provider.starts).toEqual([]);
    await installation.open();
    await reaches(id, "succeeded", 10_000);
  });

  test("leaves no job behind without a wake, whenever the stop happens", async () => {
    verifies("survives.drain");
    for (let turns = 0; turns < 30; turns += 1) {
      const first = await installation.open();
      const { id } = await startJob(first, "image", { prompt: "x" });
      for (let turn = 0; turn < turns; turn += 1) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      void first.runtime.stop();
      await installation.pass(1_000);
      const second = await installation.open();
      await installation.until(() => ["succeeded", "unresolved"].includes(job(id).state.phase), 60_000);
      expect(job(id).state.phase, `after ${turns} turns`).toBe("succeeded");
      second.life.die();
    }
    expect(installation.provider.starts).toHaveLength(30);
  });
});
