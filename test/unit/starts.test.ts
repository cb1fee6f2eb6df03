import type { Job } from "@toolcast/core";
import type { Failure } from "@toolcast/core/errors";
import type { StartEnd } from "@toolcast/core/provider";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fixture } from "../doubles/fixture-media.ts";
import { usualOutput, vendorFailure } from "../doubles/scripted-provider.ts";
import { ada, createInstallation, type Installation, startJob, upload } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

let installation: Installation;
beforeEach(async () => {
  installation = await createInstallation();
});
afterEach(() => installation[Symbol.asyncDispose]());

const phaseIs = (id: string, phase: Job["state"]["phase"]) => () => installation.job(id).state.phase === phase;
const delivered = (id: string) => () => {
  const { notices } = installation.job(id);
  return notices.length > 0 && notices.every(({ state }) => state === "sent" || state === "kept");
};

async function imageEndingAs(end: StartEnd | (() => StartEnd)) {
  const { provider } = installation;
  provider.nextStart("image", end);
  const process = await installation.open({ policy: { operators: [], dailyPerPerson: 50 } });
  const { id } = await startJob(process, "image", { prompt: "日照金山" });
  return { process, id };
}

const counted = () =>
  [...installation.store.counters].filter(([name]) => name.startsWith("starts:")).map(([, count]) => count);

describe("the end of a start", () => {
  test("done with bytes: they are kept, the charge noted and the picture delivered", async () => {
    verifies("delivered.into-conversation");
    const { id } = await imageEndingAs({
      end: "done",
      output: { media: [{ bytes: fixture("picture.png") }], charge: { amount: 2, unit: "points" } },
    });
    await installation.until(delivered(id));
    const job = installation.job(id);
    expect(job.state.phase).toBe("succeeded");
    expect(job.steps[0]).toMatchObject({ state: "done", charge: { amount: 2, unit: "points" } });
    expect(installation.platform.posted.map(({ message }) => message.media?.length)).toEqual([1]);
    expect(installation.platform.posted[0]?.delivery.place.conversation).toBe("main");
    expect(counted()).toEqual([1, 1]);
  });

  test("done with an address: it is stored before it is copied, and copied before it is delivered", async () => {
    verifies("media.copied");
    const url = "https://vendor.example/picture.png";
    installation.failingAddresses.add(url);
    const { id } = await imageEndingAs({ end: "done", output: { media: [{ url }] } });
    await installation.until(() => installation.http.downloads.length >= 2);
    expect(installation.job(id)).toMatchObject({
      state: { phase: "running" },
      steps: [{ produced: { media: [{ url }] } }],
    });
    expect(installation.platform.posted).toEqual([]);
    installation.failingAddresses.clear();
    await installation.until(delivered(id));
    expect(installation.job(id).steps[0]?.produced).toBeUndefined();
    expect(installation.provider.starts).toHaveLength(1);
  });

  test("a result whose address has expired: people learn of it, and after some minutes decide", async () => {
    verifies("survives.lost-result", "paid-once.unknown-not-repeated");
    const url = "https://vendor.example/picture.png?status=403";
    const { id, process } = await imageEndingAs({ end: "done", output: { media: [{ url }] } });
    const runningState = () => installation.job(id).state;
    await installation.until(() => (runningState() as { failedChecks?: number }).failedChecks === 3);
    expect((await process.runtime.jobMessage(installation.job(id), ada)).lines).toEqual([
      "The provider has finished, but the result cannot be fetched from it (HTTP 403).",
      "Toolcast keeps trying.",
    ]);
    await installation.until(() => runningState().phase === "unresolved", 10 * 60_000);
    expect(runningState()).toMatchObject({ evidence: { failure: { charged: "unknown", httpStatus: 403 } } });
    expect(installation.provider.starts).toHaveLength(1);
    await installation.until(delivered(id));
    expect(installation.platform.posted.map(({ message }) => message.actions?.map(({ action }) => action))).toEqual([
      ["look-again", "start-again", "leave", "details"],
    ]);
  });

  test("an address that fails for a moment is waited for", async () => {
    verifies("survives.lost-result");
    const url = "https://vendor.example/picture.png?status=503";
    const { id } = await imageEndingAs({ end: "done", output: { media: [{ url }] } });
    await installation.pass(10 * 60_000);
    expect(installation.job(id).state.phase).toBe("running");
  });

  test("an operation is asked about only after the vendor's suggested delay", async () => {
    verifies("paid-once.reference-first");
    const process = await installation.open();
    const video = await upload(process, "avc.mp4");
    installation.provider.nextStart("avatarVideo", {
      end: "operation",
      reference: { vendor: "w-1" },
      requestId: "w-1",
      checkAfterMs: 20_000,
    });
    const { id } = await startJob(process, "avatar", { video: video.id, text: "大家好" });
    await installation.until(phaseIs(id, "running"));
    expect(installation.job(id).steps[0]).toMatchObject({
      state: "running",
      reference: { vendor: "w-1" },
      requestId: "w-1",
    });
    await installation.pass(18_000);
    expect(installation.provider.checks).toEqual([]);
    await installation.until(delivered(id));
    expect(installation.provider.checks).toEqual([{ vendor: "w-1" }]);
  });

  test.each<[string, StartEnd]>([
    ["not sent", { end: "not-sent", failure: vendorFailure({ kind: "unreachable", retry: { kind: "later" } }) }],
    ["refused for later", { end: "refused", failure: vendorFailure({ retry: { kind: "later" } }) }],
  ])("%s: it is tried again after a wait, and counts once", async (_name, end) => {
    verifies("paid-once.not-sent-repeats");
    const { id } = await imageEndingAs(end);
    await installation.until(phaseIs(id, "queued"));
    await installation.until(() => installation.job(id).timeline.some(({ event }) => event === "start-deferred"));
    await installation.pass(1_000);
    expect(installation.provider.starts).toHaveLength(1);
    expect(counted()).toEqual([0, 0]);
    await installation.until(delivered(id));
    expect(installation.job(id).state.phase).toBe("succeeded");
    expect(installation.provider.starts).toHaveLength(2);
    expect(counted()).toEqual([1, 1]);
  });

  test("a start that is put off repeatedly waits longer each time", async () => {
    const deferred: StartEnd = { end: "not-sent", failure: vendorFailure({ retry: { kind: "later" } }) };
    const startedAt: number[] = [];
    installation.provider.nextStart(
      "image",
      ...Array.from({ length: 5 }, () => () => {
        startedAt.push(installation.clock.now());
        return deferred;
      }),
    );
    const process = await installation.open();
    const { id } = await startJob(process, "image", { prompt: "x" });
    await installation.until(phaseIs(id, "succeeded"));
    const waits = startedAt.slice(1).map((at, index) => at - startedAt[index]!);
    expect(waits).toHaveLength(4);
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    expect(waits[0]).toBeGreaterThanOrEqual(1_500);
    expect(waits[3]).toBeGreaterThan(4 * waits[0]!);
  });

  test("the waiting time a vendor asks for is respected", async () => {
    const { id } = await imageEndingAs({
      end: "refused",
      failure: vendorFailure({ retry: { kind: "later", afterMs: 60_000 } }),
    });
    await installation.pass(59_000);
    expect(installation.provider.starts).toHaveLength(1);
    await installation.until(phaseIs(id, "succeeded"), 5_000);
  });

  test.each<[string, Failure["retry"]["kind"]]>([
    ["for good", "never"],
    ["until the input changes", "after-change"],
  ])("refused %s: the job has failed, says why and counts only if charged", async (_name, kind) => {
    verifies("understood.failure");
    const { id } = await imageEndingAs({
      end: "refused",
      failure: vendorFailure({ retry: { kind }, vendorMessage: "原话" }),
    });
    await installation.until(delivered(id));
    expect(installation.job(id)).toMatchObject({
      state: { phase: "failed", failure: { vendorMessage: "原话" } },
      steps: [{ state: "failed" }],
    });
    expect(installation.platform.posted[0]?.message.fields?.map(({ value }) => value)).toContain("原话");
    expect(installation.provider.starts).toHaveLength(1);
    expect(counted()).toEqual([0, 0]);
  });

  test("a start that is put off for hours fails in the end, says why and counts nothing", async () => {
    verifies("paid-once.not-sent-repeats", "understood.failure");
    const end: StartEnd = { end: "refused", failure: vendorFailure({ retry: { kind: "later" } }) };
    installation.provider.nextStart("image", ...Array.from({ length: 70 }, () => end));
    const process = await installation.open({ policy: { operators: [], dailyPerPerson: 50 }, pollMs: 60_000 });
    const { id } = await startJob(process, "image", { prompt: "日照金山" });
    await installation.until(phaseIs(id, "failed"), 8 * 60 * 60_000);
    expect(installation.provider.starts).toHaveLength(61);
    expect(counted()).toEqual([0, 0]);
  }, 30_000);

  test("not sent, and retrying cannot help: the job fails at once and counts nothing", async () => {
    verifies("paid-once.not-sent-repeats", "understood.failure");
    const failure = vendorFailure({ kind: "unreachable", retry: { kind: "never" } });
    const { id } = await imageEndingAs({ end: "not-sent", failure });
    await installation.until(phaseIs(id, "failed"));
    expect(installation.provider.starts).toHaveLength(1);
    expect(counted()).toEqual([0, 0]);
  });

  test("refused but charged: it counts", async () => {
    const { id } = await imageEndingAs({ end: "refused", failure: vendorFailure({ charged: "yes" }) });
    await installation.until(phaseIs(id, "failed"));
    expect(counted()).toEqual([1, 1]);
  });

  test.each<[string, StartEnd | (() => StartEnd)]>([
    ["unknown", { end: "unknown", failure: vendorFailure({ kind: "unknown", charged: "unknown" }) }],
    [
      "a throw",
      () => {
        throw new TypeError("a fault in the provider");
      },
    ],
    ["a result that is not a medium", { end: "done", output: { media: [{ bytes: new Uint8Array([1, 2, 3]) }] } }],
  ])("%s: the outcome is unknown, so nothing is repeated and a person decides", async (_name, end) => {
    verifies("paid-once.unknown-not-repeated", "paid-once.one-start-a-step");
    const { id } = await imageEndingAs(end);
    await installation.until(delivered(id));
    await installation.pass(60 * 60_000);
    const job = installation.job(id);
    expect(job).toMatchObject({
      state: { phase: "unresolved", evidence: { failure: { charged: "unknown" } } },
      steps: [{ state: "unknown" }],
    });
    expect(job.state).toMatchObject({ evidence: { balanceBefore: { amount: 100 }, balanceNow: { amount: 100 } } });
    expect(installation.provider.starts).toHaveLength(1);
    expect(counted()).toEqual([1, 1]);
    expect(installation.platform.posted.map(({ message }) => message.actions?.map(({ action }) => action))).toEqual([
      ["start-again", "leave", "details"],
    ]);
    expect(JSON.stringify(installation.platform.posted[0]?.message)).not.toContain("a fault in the provider");
  });

  test("a balance that cannot be read delays nothing and hides nothing", async () => {
    installation.provider.balance = new Error("no balance today");
    const { id } = await imageEndingAs({ end: "unknown", failure: vendorFailure({ kind: "unknown" }) });
    await installation.until(phaseIs(id, "unresolved"));
    expect(installation.job(id).steps[0]?.balanceBefore).toBeUndefined();
  });
});

describe("several steps", () => {
  test("three pictures are three steps, three starts and one message", async () => {
    verifies("paid-once.count-is-steps", "paid-once.one-start-a-step");
    const process = await installation.open();
    const { id } = await startJob(process, "image", { prompt: "x", count: "3" });
    await installation.until(delivered(id));
    expect(installation.job(id).steps.map(({ name, state }) => [name, state])).toEqual([
      ["picture-1", "done"],
      ["picture-2", "done"],
      ["picture-3", "done"],
    ]);
    expect(installation.provider.starts).toHaveLength(3);
    expect(installation.platform.posted.map(({ message }) => message.media?.length)).toEqual([3]);
    expect(installation.job(id).price).toEqual({ known: true, amount: 6, unit: "points" });
  });

  test("the video of a two-step request is driven by the speech of the first step, even with a restart in between", async () => {
    verifies("survives.kill-anywhere", "paid-once.one-start-a-step");
    const first = await installation.open();
    const { video, voice } = await voiceAndVideo(first);
    const { id } = await startJob(first, "avatar", { video, voice, text: "大家好，我是用自己的声音说话的数字人。" });
    await installation.until(() => installation.job(id).steps[0]?.state === "done");
    const [speech] = installation.job(id).steps[0]!.assets;
    first.life.die();
    await installation.open();
    await installation.until(delivered(id));
    expect(installation.provider.startsOf(id, "speech")).toBe(1);
    expect(installation.provider.startsOf(id, "avatarVideo")).toBe(1);
    expect(installation.provider.starts.at(-1)?.request).toMatchObject({ audio: { id: speech }, video: { id: video } });
    expect(installation.platform.posted).toHaveLength(1);
  });

  test("what an earlier step made is kept if a later one fails", async () => {
    const process = await installation.open();
    const { video, voice } = await voiceAndVideo(process);
    installation.provider.nextStart("avatarVideo", { end: "refused", failure: vendorFailure() });
    const { id } = await startJob(process, "avatar", { video, voice, text: "大家好，我是用自己的声音说话的数字人。" });
    await installation.until(delivered(id));
    expect(installation.job(id).state.phase).toBe("failed");
    expect(installation.platform.posted[0]?.message.media).toMatchObject([{ kind: "audio" }]);
  });

  test.each([
    ["named its charge", usualOutput("speech"), "this step was not; the steps before it were"],
    [
      "did not say what it took",
      { media: [{ bytes: fixture("tone.wav") }] },
      "this step was not; the vendor's bill shows whether the steps before it were",
    ],
  ])(
    "a later step that cost nothing says so of itself alone, where the vendor of an earlier one %s",
    async (_how, output, charged) => {
      verifies("understood.failure");
      const process = await installation.open();
      const { video, voice } = await voiceAndVideo(process);
      installation.provider.nextCheck({ state: "done", output });
      installation.provider.nextStart("avatarVideo", { end: "refused", failure: vendorFailure() });
      const { id } = await startJob(process, "avatar", {
        video,
        voice,
        text: "大家好，我是用自己的声音说话的数字人。",
      });
      await installation.until(delivered(id));
      expect(installation.platform.posted[0]?.message.fields).toContainEqual({
        kind: "charged",
        label: "Charged",
        value: charged,
      });
    },
  );

  async function voiceAndVideo(process: Awaited<ReturnType<Installation["open"]>>) {
    const sample = await upload(process, "tone.wav");
    const clone = await startJob(process, "clone", { audio: sample.id, name: "mine", consent: true });
    await installation.until(phaseIs(clone.id, "succeeded"));
    await installation.until(delivered(clone.id));
    installation.platform.posted.length = 0;
    return { video: (await upload(process, "avc.mp4")).id, voice: "mine" };
  }
});

test("a start is charged to the person who asked, and to nobody else's name", async () => {
  const { id } = await imageEndingAs({ end: "done", output: { media: [{ bytes: fixture("picture.png") }] } });
  await installation.until(phaseIs(id, "succeeded"));
  expect(installation.provider.starts[0]?.context.callerId).toBe(ada.id);
});
