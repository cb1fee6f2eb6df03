import { type Job, UsageError } from "@toolcast/core";
import { HttpError, type StartEnd, vendorFailures } from "@toolcast/core/provider";
import { say } from "@toolcast/core/surface";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  createScriptedProvider,
  type ScriptedProvider,
  usualOutput,
  vendorFailure,
} from "../doubles/scripted-provider.ts";
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

const xjc = vendorFailures({ id: "xjc", title: { en: "First", "zh-CN": "甲" } });
const refused = (code: string): StartEnd => ({ end: "refused", failure: xjc.refused({ code }) });
const notSent = xjc.startEnd(new HttpError("connect", false, "nothing listens"));

const usual: StartEnd = { end: "done", output: usualOutput("image") };
const unknownEnd: StartEnd = {
  end: "unknown",
  failure: {
    kind: "unknown",
    sentence: { en: "No answer.", "zh-CN": "没有答复。" },
    charged: "unknown",
    retry: { kind: "never" },
    provider: "first",
  },
};

let installation: Installation;
let first: ScriptedProvider;
let second: ScriptedProvider;
beforeEach(async () => {
  installation = await createInstallation();
  first = createScriptedProvider("first");
  second = createScriptedProvider("second");
});
afterEach(() => installation[Symbol.asyncDispose]());

function open(options: Parameters<Installation["open"]>[0] = {}): Promise<RunningProcess> {
  const providers = [first, second].map(({ definition }) => ({ definition, values: {} }));
  return installation.open({ providers, ...options });
}

const ended = (id: string) => () => ["succeeded", "failed", "unresolved"].includes(phaseOf(id));
const phaseOf = (id: string): Job["state"]["phase"] => installation.job(id).state.phase;

/** What a provider learns about the account before it sends anything. */
const quotaUsedUp = vendorFailure({ category: "quota", retry: { kind: "after-change" } });

describe("who does a job", () => {
  test("the first provider that can, unless the person names another", async () => {
    verifies("provider.choice");
    const process = await open();
    expect((await startJob(process, "image", { prompt: "a" })).provider).toBe("first");
    expect((await startJob(process, "image", { prompt: "a", provider: "second" })).provider).toBe("second");
  });

  test("one whose limits the request meets comes before one that would refuse it", async () => {
    verifies("provider.choice");
    first.invalid.set("image", new UsageError({ en: "Too large.", "zh-CN": "过大。" }, "size"));
    const process = await open();
    expect((await startJob(process, "image", { prompt: "a" })).provider).toBe("second");
  });

  test("if none accepts it, the first one's objection is given and nothing is stored", async () => {
    first.invalid.set("image", new UsageError({ en: "First no.", "zh-CN": "甲不行。" }, "size"));
    second.invalid.set("image", new UsageError({ en: "Second no.", "zh-CN": "乙不行。" }, "prompt"));
    const process = await open();
    const reply = await process.runtime.call({ tool: "image", input: { prompt: "a" }, caller: ada });
    expect(reply).toMatchObject({ type: "refused", failure: { field: "size" }, message: { title: "First no." } });
    expect(installation.store.entries.size).toBe(0);
  });

  test("one that lacks the capability is not asked", async () => {
    first.without.add("image");
    const process = await open();
    expect((await startJob(process, "image", { prompt: "a" })).provider).toBe("second");
  });
});

describe("when a provider cannot begin", () => {
  test.each([
    ["it cannot be reached", notSent],
    ["its account is empty", refused("20005")],
    ["its key is refused", refused("20003")],
    ["it is busy", refused("20007")],
    [
      "it has no quota left, as it found out without a code",
      { end: "refused", failure: quotaUsedUp } satisfies StartEnd,
    ],
  ])("%s: the next one does it, with one start each", async (_why, end) => {
    verifies("provider.fail-over", "paid-once.one-start-a-step");
    first.nextStart("image", end);
    second.prices.set("image", { known: true, amount: 7, unit: "points" });
    const process = await open();
    const { id } = await startJob(process, "image", { prompt: "a", count: 2 });
    await installation.until(ended(id));
    const job = installation.job(id);
    expect(job).toMatchObject({ provider: "second", providersTried: ["first"], state: { phase: "succeeded" } });
    expect(job.price).toEqual({ known: true, amount: 14, unit: "points" });
    expect([first.startsOf(id, "image"), second.startsOf(id, "image")]).toEqual([1, 2]);
    const changed = job.timeline.find(({ event }) => event === "provider-changed");
    expect(say(changed!.sentence, "en")).toMatch(/^Scripted did not start it: .+ Trying Scripted instead$/);
    const message = await process.runtime.jobMessage(job, ada);
    expect(message.lines).toContain("Scripted could not start it, so Scripted did it.");
  });

  test.each([
    ["the request itself is at fault", refused("20004"), "failed"],
    ["it may have been charged", refused("20902"), "unresolved"],
    ["its end is unknown", unknownEnd, "unresolved"],
  ])("%s: no other is asked", async (_why, end, phase) => {
    verifies("provider.fail-over", "paid-once.unknown-not-repeated");
    first.nextStart("image", end);
    const process = await open();
    const { id } = await startJob(process, "image", { prompt: "a" });
    await installation.until(ended(id));
    expect(phaseOf(id)).toBe(phase);
    expect(second.starts).toEqual([]);
  });

  test("its person decided to start again there, after an unclear start: no other is asked", async () => {
    verifies("provider.fail-over", "paid-once.unknown-not-repeated");
    first.nextStart("image", unknownEnd, notSent);
    const process = await open();
    const { id } = await startJob(process, "image", { prompt: "a" });
    await installation.until(ended(id));
    const { actions = [] } = await process.runtime.jobMessage(installation.job(id), ada);
    const { subject } = actions.find(({ action }) => action === "start-again")!;
    await process.runtime.press({ action: "start-again", subject, caller: ada });
    await installation.until(() => phaseOf(id) === "succeeded");
    expect(installation.job(id).provider).toBe("first");
    expect([first.starts.length, second.starts.length]).toEqual([3, 0]);
  });

  test("the person named it: no other is asked", async () => {
    verifies("provider.fail-over");
    first.nextStart("image", refused("20005"));
    const process = await open();
    const { id } = await startJob(process, "image", { prompt: "a", provider: "first" });
    await installation.until(ended(id));
    expect(installation.job(id)).toMatchObject({ provider: "first", state: { phase: "failed" } });
    expect(second.starts).toEqual([]);
  });

  test("a step is done already: the rest stays where it is", async () => {
    first.nextStart("image", usual, refused("20005"));
    const process = await open();
    const { id } = await startJob(process, "image", { prompt: "a", count: 2 });
    await installation.until(ended(id));
    expect(installation.job(id)).toMatchObject({ provider: "first", state: { phase: "failed" } });
    expect(second.starts).toEqual([]);
  });

  test("each is tried once; then the last one's answer counts", async () => {
    first.nextStart("image", refused("20005"));
    second.nextStart("image", refused("20005"));
    const process = await open();
    const { id } = await startJob(process, "image", { prompt: "a" });
    await installation.until(ended(id));
    expect(installation.job(id)).toMatchObject({ provider: "second", state: { phase: "failed" } });
    expect([first.starts.length, second.starts.length]).toEqual([1, 1]);
  });
});

describe("a provider that does not answer", () => {
  test("is left alone after five in a row, and asked again later", async () => {
    verifies("provider.circuit");
    const process = await open();
    for (let attempt = 0; attempt < 5; attempt += 1) {
      first.nextStart("image", notSent);
      const { id } = await startJob(process, "image", { prompt: `${attempt}` });
      await installation.until(ended(id));
    }
    expect(first.starts).toHaveLength(5);
    expect((await startJob(process, "image", { prompt: "rests" })).provider).toBe("second");
    await installation.pass(31_000);
    expect((await startJob(process, "image", { prompt: "back" })).provider).toBe("first");
  });

  test("keeps a job that only it can do waiting, says so, and does it afterwards", async () => {
    verifies("provider.circuit");
    second.without.add("image");
    first.nextStart("image", notSent, notSent, notSent, notSent, notSent);
    const process = await open();
    const { id } = await startJob(process, "image", { prompt: "a" });
    await installation.until(() => first.starts.length === 5);
    const other = await startJob(process, "image", { prompt: "b" });
    await installation.pass(5_000);
    expect(installation.job(other.id).state).toMatchObject({
      phase: "queued",
      reason: { sentence: { key: "job.provider-rests" } },
    });
    expect(first.starts).toHaveLength(5);
    await installation.until(() => ended(id)() && ended(other.id)());
    expect([phaseOf(id), phaseOf(other.id)]).toEqual(["succeeded", "succeeded"]);
  });

  test("is not the same as one that refuses", async () => {
    second.without.add("image");
    const process = await open();
    for (let attempt = 0; attempt < 6; attempt += 1) {
      first.nextStart("image", refused("20004"));
      await startJob(process, "image", { prompt: `${attempt}` });
    }
    await installation.pass(5_000);
    expect(first.starts).toHaveLength(6);
  });
});

describe("a price above what may be spent without asking", () => {
  test.each([
    ["is above", 1, { known: true, amount: 2, unit: "points" } as const, "held"],
    ["is not", 2, { known: true, amount: 2, unit: "points" } as const, "queued"],
    ["is not known", 1_000, { known: false, dependsOn: { en: "length", "zh-CN": "时长" } } as const, "held"],
  ])("%s: the job waits for approval or continues", async (_why, askAbove, price, phase) => {
    verifies("spending.ask-above");
    first.prices.set("image", price);
    const process = await open({ policy: { operators: [], askAbove } });
    const job = await startJob(process, "image", { prompt: "a" });
    expect(job.state.phase).toBe(phase);
    if (phase === "held") {
      await installation.pass(60_000);
      expect(first.starts).toEqual([]);
      await process.runtime.press({ action: "release", subject: job.id, caller: ada });
    }
    await installation.until(ended(job.id));
    expect(phaseOf(job.id)).toBe("succeeded");
    expect(first.starts).toHaveLength(1);
  });

  test("agreeing to one provider's price is not agreeing to another's", async () => {
    verifies("spending.ask-above", "provider.fail-over");
    first.nextStart("image", refused("20005"));
    const process = await open({ policy: { operators: [], askAbove: 1 } });
    const { id } = await startJob(process, "image", { prompt: "a" });
    await process.runtime.press({ action: "release", subject: id, caller: ada });
    await installation.until(() => installation.job(id).provider === "second");
    await installation.pass(5_000);
    expect(installation.job(id).state).toMatchObject({ phase: "held", hold: { reason: "price" } });
    expect(second.starts).toEqual([]);
  });

  test("agreeing to something else covers the price shown beside it, for that provider only", async () => {
    verifies("spending.ask-above", "provider.fail-over");
    first.nextStart("voiceCloning", refused("20005"));
    const process = await open({ policy: { operators: [], askAbove: 1 } });
    const { id: audio } = await upload(process, "tone.wav");
    const { id } = await startJob(process, "clone", { audio, name: "mine" });
    await process.runtime.press({ action: "release", subject: id, caller: ada });
    await installation.until(() => installation.job(id).provider === "second");
    expect(first.starts).toHaveLength(1);
    await installation.pass(5_000);
    expect(installation.job(id).state).toMatchObject({ phase: "held", hold: { reason: "price" } });
    expect(second.starts).toEqual([]);
  });

  const link = "https://example.com/avc.mp4";
  const budget = { operators: [operator.id], askAbove: 1, dailyTotal: 0 };

  test("an operator who lets a limit pass does not agree to a price that was not known yet", async () => {
    verifies("spending.ask-above", "spending.operators");
    const process = await open({ policy: budget });
    const { id } = await startJob(process, "avatar", { video: link, text: "大家好" });
    expect(installation.job(id).state).toMatchObject({ phase: "held", hold: { reason: "budget" } });
    await process.runtime.press({ action: "release", subject: id, caller: operator });
    await installation.until(() => installation.job(id).prepared);
    await installation.pass(5_000);
    expect(installation.job(id).state).toMatchObject({ phase: "held", hold: { reason: "price" } });
    expect(first.starts).toEqual([]);
    await process.runtime.press({ action: "release", subject: id, caller: ada });
    await installation.until(ended(id));
    expect(first.starts).toHaveLength(1);
  });

  test("a provider that comes back agrees to nothing", async () => {
    verifies("spending.ask-above");
    const policy = { operators: [], askAbove: 1 };
    const before = await open({ policy, started: false });
    const { id } = await startJob(before, "avatar", { video: link, text: "大家好" });
    before.life.die();
    const without = await installation.open({ providers: [], policy });
    await installation.until(() => phaseOf(id) === "held");
    without.life.die();
    await open({ policy });
    await installation.until(() => installation.job(id).prepared, 240_000);
    await installation.pass(5_000);
    expect(installation.job(id).state).toMatchObject({ phase: "held", hold: { reason: "price" } });
    expect(first.starts).toEqual([]);
  });
});

test("charges are recorded in the ledger by day, provider, unit and person", async () => {
  verifies("spending.ledger");
  const process = await open();
  const jobs = [
    await startJob(process, "image", { prompt: "a", count: 2 }),
    await startJob(process, "image", { prompt: "b", provider: "second" }),
  ];
  await installation.until(() => jobs.every(({ id }) => ended(id)()));
  const charged = [...installation.store.counters].filter(([name]) => name.startsWith("charged|"));
  expect(charged.map(([name, amount]) => [name.split("|").slice(2).join(" "), amount]).sort()).toEqual([
    ["first points chat:ada", 4],
    ["second points chat:ada", 2],
  ]);
});
