import { type Job, ToolcastError } from "@toolcast/core";
import type { PhaseName } from "@toolcast/core/engine";
import type { StartEnd } from "@toolcast/core/provider";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { usualOutput, vendorFailure } from "../doubles/scripted-provider.ts";
import {
  ada,
  createInstallation,
  type Installation,
  operator,
  type RunningProcess,
  startJob,
  upload,
} from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

let installation: Installation;
beforeEach(async () => {
  installation = await createInstallation();
});
afterEach(() => installation[Symbol.asyncDispose]());

const job = (id: string): Job => installation.job(id);
const reaches = (id: string, phase: PhaseName, limitMs?: number) =>
  installation.until(() => job(id).state.phase === phase, limitMs);
const press = ({ runtime }: RunningProcess, action: string, subject: string, caller = ada) =>
  runtime.press({ action, subject, caller });

async function video(process: RunningProcess): Promise<Job> {
  const { id } = await upload(process, "avc.mp4");
  return startJob(process, "avatar", { video: id, text: "大家好" });
}

/** An image start that ends when the test says so. */
function pendingStart(): { finish(end: StartEnd): void } {
  const { promise, resolve } = Promise.withResolvers<StartEnd>();
  installation.provider.nextStart("image", () => promise);
  return { finish: resolve };
}
const picture: StartEnd = { end: "done", output: usualOutput("image") };
const begun = () => installation.until(() => installation.provider.starts.length === 1);

describe("cancelling", () => {
  test("before anything was started ends the job and spends nothing", async () => {
    const process = await installation.open({ started: false });
    const { id } = await startJob(process, "image", { prompt: "x" });
    await press(process, "cancel", id);
    await process.runtime.start();
    await installation.until(() => installation.platform.posted.length === 1);
    expect(job(id).state.phase).toBe("cancelled");
    expect(installation.provider.starts).toEqual([]);
  });

  test("in the queue ends the job without waiting for a place", async () => {
    installation.provider.limits = { concurrent: 1, startsPerSecond: 100 };
    const start = pendingStart();
    const process = await installation.open();
    await startJob(process, "image", { prompt: "first" });
    await begun();
    const second = await startJob(process, "image", { prompt: "second" });
    await installation.until(() => job(second.id).timeline.some(({ event }) => event === "waited"));
    await press(process, "cancel", second.id);
    await reaches(second.id, "cancelled", 1_000);
    start.finish(picture);
    await installation.pass(120_000);
    expect(installation.provider.starts).toHaveLength(1);
  });

  test("during a start waits for its end, and the result is kept", async () => {
    verifies("provider.cancel");
    const start = pendingStart();
    const process = await installation.open();
    const { id } = await startJob(process, "image", { prompt: "x" });
    await begun();
    await press(process, "cancel", id);
    expect(job(id)).toMatchObject({ state: { phase: "starting" }, cancelWish: { by: ada.id } });
    start.finish(picture);
    await installation.until(() => installation.platform.posted.length === 1);
    expect(job(id).state.phase).toBe("succeeded");
    expect(installation.platform.posted[0]?.message.media).toHaveLength(1);
  });

  test("during a start that did not happen ends the job", async () => {
    const start = pendingStart();
    const process = await installation.open();
    const { id } = await startJob(process, "image", { prompt: "x" });
    await begun();
    await press(process, "cancel", id);
    start.finish({ end: "not-sent", failure: vendorFailure({ retry: { kind: "later" } }) });
    await reaches(id, "cancelled");
    await installation.pass(60_000);
    expect(installation.provider.starts).toHaveLength(1);
  });

  test.each([
    ["stopped", "cancelled", "Scripted stopped it before it was done. What was finished before that is kept."],
    ["goes-on", "succeeded", "It was cancelled, but Scripted could no longer stop it. Here is the result."],
  ] as const)("while the vendor works asks the vendor: %s", async (answer, phase, line) => {
    verifies("provider.cancel");
    installation.provider.nextCheck(...Array.from({ length: 3 }, () => ({ state: "pending" as const })));
    installation.provider.nextCancel(answer);
    const process = await installation.open();
    const { id } = await video(process);
    await reaches(id, "running");
    await press(process, "cancel", id);
    await reaches(id, phase);
    expect(installation.provider.cancels).toHaveLength(1);
    expect(job(id).cancelWish?.vendor).toBe(answer);
    expect((await process.runtime.jobMessage(job(id), ada)).lines).toEqual([line]);
  });

  test("asks again a vendor that could not be asked to stop, and does not miss its result", async () => {
    installation.provider.nextCancel(...Array.from({ length: 500 }, () => new Error("down")));
    const process = await installation.open();
    const { id } = await video(process);
    await reaches(id, "running");
    await press(process, "cancel", id);
    await reaches(id, "succeeded", 60_000);
  });

  test("after the end changes nothing and shows the job as it is", async () => {
    const process = await installation.open();
    const { id } = await startJob(process, "image", { prompt: "x" });
    await reaches(id, "succeeded");
    expect(await press(process, "cancel", id)).toMatchObject({ type: "job", job: { state: { phase: "succeeded" } } });
  });

  test("somebody else's job cannot be cancelled, nor seen", async () => {
    verifies("safe.owners");
    const process = await installation.open({ started: false });
    const { id } = await startJob(process, "image", { prompt: "x" });
    const eve = { ...ada, id: "chat:eve" };
    expect(await press(process, "cancel", id, eve)).toMatchObject({
      type: "refused",
      failure: { sentence: { key: "action.asker-only" } },
    });
    expect(await press(process, "cancel", "job_of-nobody~3", eve)).toMatchObject({
      failure: { sentence: { key: "job.not-found", values: { id: "job_of-nobody" } } },
    });
    expect(await process.runtime.job(id, eve)).toBeNull();
  });
});

describe("consent", () => {
  async function heldClone(process: RunningProcess) {
    const sample = await upload(process, "tone.wav");
    return startJob(process, "clone", { audio: sample.id, name: "mine" });
  }

  test("nothing is sent before the asker confirms; operators cannot confirm for them", async () => {
    verifies("spending.consent");
    const process = await installation.open();
    const { id } = await heldClone(process);
    await installation.pass(60_000);
    expect(job(id).state.phase).toBe("held");
    expect(await press(process, "release", id, operator)).toMatchObject({ type: "refused" });
    expect(installation.provider.starts).toEqual([]);
    await press(process, "release", id);
    await reaches(id, "succeeded");
    expect(job(id).confirmations).toMatchObject([{ reason: "consent", by: ada.id }]);
  });

  test("a job that waits for a person survives restarts", async () => {
    verifies("survives.held");
    const first = await installation.open();
    const { id } = await heldClone(first);
    first.life.die();
    await installation.pass(24 * 60_000);
    const second = await installation.open();
    await press(second, "release", id);
    await reaches(id, "succeeded");
    expect(installation.provider.starts).toHaveLength(1);
  });

  test("a confirmation of one question never answers the next one", async () => {
    verifies("spending.operators");
    const process = await installation.open({ policy: { operators: [], dailyTotal: 0 } });
    const { id } = await heldClone(process);
    await Promise.all([press(process, "release", id), press(process, "release", id)]);
    await installation.until(() => job(id).state.phase === "held" && job(id).confirmations.length > 0);
    expect(await press(process, "release", id)).toMatchObject({ type: "refused" });
    await installation.pass(60_000);
    expect(installation.provider.starts).toEqual([]);
  });
});

test('the timeline says "you" for its reader and names others, in the language they read now', async () => {
  verifies("understood.both-languages");
  const process = await installation.open({ started: false });
  const asker = { ...ada, name: { en: "the console", "zh-CN": "控制台" } };
  const { id } = await startJob(process, "image", { prompt: "x" }, { caller: asker });
  await press(process, "cancel", id, operator);
  const story = async (caller: typeof asker | typeof operator) => {
    const reply = await process.runtime.call({ tool: "job", input: { job: id }, caller });
    const values = reply.message.fields?.map(({ value }) => value) ?? [];
    return values.filter((value) => /Requested|提出|cancel|取消/.test(value));
  };
  const chinese = { ...asker, locale: "zh-CN" } as const;
  expect(await story(asker)).toEqual(["Requested by you", "Olga asked to cancel"]);
  expect(await story(chinese as never)).toEqual(["您提出请求", "Olga 请求取消"]);
  expect(await story({ ...operator, locale: "zh-CN" })).toEqual(["控制台提出请求", "您请求取消"]);
  expect(await story(operator)).toEqual(["Requested by the console", "you asked to cancel"]);
});

describe("an unresolved job", () => {
  const unknown: StartEnd = { end: "unknown", failure: vendorFailure({ kind: "unknown", charged: "unknown" }) };

  async function unresolved(process: RunningProcess): Promise<string> {
    installation.provider.nextStart("image", unknown);
    const { id } = await startJob(process, "image", { prompt: "x" });
    await reaches(id, "unresolved");
    return id;
  }

  test("tells everybody when the vendor was asked, so that it can be looked up there", async () => {
    verifies("understood.failure");
    const process = await installation.open();
    const id = await unresolved(process);
    const reply = await process.runtime.call({ tool: "job", input: { job: id }, caller: { ...ada, id: "chat:ada" } });
    const asked = reply.message.fields?.find(({ label }) => label === "Request sent at")?.value ?? "";
    const listed = (reply.message.fields ?? [])
      .filter(({ label }) => label.startsWith(asked))
      .map(({ value }) => value);
    expect(asked).not.toBe("");
    expect(listed).toContainEqual(expect.stringMatching(/being sent|sending/i));
  });

  test("of many presses at once, in two processes, exactly one starts again", async () => {
    verifies("paid-once.one-press");
    const one = await installation.open();
    const two = await installation.open();
    const id = await unresolved(one);
    const replies = await Promise.all(
      Array.from({ length: 10 }, (_, index) => press(index % 2 ? one : two, "start-again", id)),
    );
    expect(replies.every(({ type }) => type === "job")).toBe(true);
    await reaches(id, "succeeded");
    expect(installation.provider.starts).toHaveLength(2);
    expect(job(id).timeline.filter(({ event }) => event === "started-again")).toHaveLength(1);
  });

  test("a button of an earlier question does not answer a later one", async () => {
    verifies("paid-once.one-press");
    const process = await installation.open();
    const id = await unresolved(process);
    const button = async () => {
      const { actions = [] } = await process.runtime.jobMessage(job(id), ada);
      return actions.find(({ action }) => action === "start-again")!.subject;
    };
    const early = await button();
    installation.provider.nextStart("image", unknown);
    await press(process, "start-again", early);
    await installation.until(() => installation.provider.starts.length === 2);
    await reaches(id, "unresolved");
    expect(await press(process, "start-again", early)).toMatchObject({ type: "job", job: { id } });
    await installation.pass(5_000);
    expect(installation.provider.starts).toHaveLength(2);
    await press(process, "start-again", await button());
    await reaches(id, "succeeded");
    expect(installation.provider.starts).toHaveLength(3);
  });

  test("start again and leave at once: one of them acts", async () => {
    verifies("paid-once.one-press");
    const process = await installation.open();
    const id = await unresolved(process);
    await Promise.all([press(process, "leave", id), press(process, "start-again", id)]);
    await installation.until(() => ["failed", "succeeded"].includes(job(id).state.phase));
    const decisions = job(id).timeline.filter(({ event }) => event === "left" || event === "started-again");
    expect(decisions).toHaveLength(1);
    expect(installation.provider.starts).toHaveLength(job(id).state.phase === "failed" ? 1 : 2);
  });

  test("an overdue operation is unresolved, never failed; looking again finds its result", async () => {
    verifies("survives.overdue");
    installation.provider.maxDurationMs = 30_000;
    installation.provider.nextCheck(
      ...Array.from({ length: 40 }, () => ({ state: "pending" as const, checkAfterMs: 1_000 })),
    );
    const process = await installation.open();
    const { id } = await video(process);
    await reaches(id, "unresolved", 60_000);
    expect(job(id).steps[0]?.reference).toBeDefined();
    installation.provider.nextCheck();
    await press(process, "look-again", id);
    await reaches(id, "succeeded", 120_000);
    expect(installation.provider.starts).toHaveLength(1);
  });

  test("an operation its vendor does not know is unresolved with its evidence; looking again finds it", async () => {
    verifies("survives.forgotten");
    const failure = vendorFailure({ vendorCode: "20006", charged: "unknown" });
    installation.provider.nextCheck({ state: "lost", failure });
    const process = await installation.open();
    const { id } = await video(process);
    await reaches(id, "unresolved");
    expect(job(id).state).toMatchObject({
      evidence: { failure: { vendorCode: "20006", charged: "unknown" }, balanceNow: { amount: 100 } },
    });
    expect(job(id).steps[0]?.reference).toBeDefined();
    await press(process, "look-again", id);
    await reaches(id, "succeeded");
    expect(installation.provider.starts).toHaveLength(1);
  });

  test("an operation nobody can ask about becomes overdue in the end, too", async () => {
    verifies("survives.overdue");
    installation.provider.maxDurationMs = 30_000;
    installation.provider.nextCheck(...Array.from({ length: 100 }, () => new Error("down")));
    const process = await installation.open();
    const { id } = await video(process);
    await reaches(id, "unresolved", 120_000);
  });

  test("an operation whose vendor or result could not be read completely says why, not that it is unfinished", async () => {
    verifies("understood.failure");
    installation.provider.maxDurationMs = 30_000;
    const refusal = new ToolcastError("no", {
      ...{
        kind: "refused",
        vendorCode: "20004",
        vendorMessage: "系统繁忙",
        requestId: "r-9",
        retry: { kind: "never" },
      },
      ...{ sentence: { en: "The vendor is busy.", "zh-CN": "服务商繁忙。" }, charged: "no" },
    });
    installation.provider.nextCheck(...Array.from({ length: 100 }, () => refusal));
    const process = await installation.open();
    const { id } = await video(process);
    await reaches(id, "unresolved", 120_000);
    expect(job(id).state).toMatchObject({
      evidence: {
        failure: {
          kind: "unknown",
          charged: "unknown",
          vendorCode: "20004",
          vendorMessage: "系统繁忙",
          requestId: "r-9",
        },
      },
    });
    const { lines = [] } = await process.runtime.jobMessage(job(id), ada);
    expect(lines[0]).toContain("The vendor is busy.");
    expect(lines[0]).not.toMatch(/not finished/);
  });
});

describe("checks", () => {
  test("that cannot be made are repeated at growing intervals, and the result arrives", async () => {
    installation.provider.nextCheck(...Array.from({ length: 4 }, () => new Error("down")));
    const process = await installation.open();
    const { id } = await video(process);
    await installation.until(() => {
      const { state } = job(id);
      return state.phase === "running" && state.failedChecks === 4;
    });
    await reaches(id, "succeeded");
    expect(installation.provider.starts).toHaveLength(1);
  });

  test("that find a failure end the job with the vendor's words", async () => {
    verifies("understood.vendor-words");
    const failure = vendorFailure({ vendorCode: "20007", vendorMessage: "音频过短", requestId: "r-9" });
    installation.provider.nextCheck({ state: "failed", failure });
    const process = await installation.open();
    const { id } = await video(process);
    await installation.until(() => installation.platform.posted.length === 1);
    const values = installation.platform.posted[0]?.message.fields?.map(({ value }) => value);
    expect(values).toEqual(expect.arrayContaining(["20007", "音频过短", "r-9"]));
    expect(job(id).state.phase).toBe("failed");
  });
});
