import type { Job } from "@toolcast/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fixture } from "../doubles/fixture-media.ts";
import { createScriptedProvider, vendorFailure } from "../doubles/scripted-provider.ts";
import { ada, createInstallation, type Installation, startJob } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

let installation: Installation;
beforeEach(async () => {
  installation = await createInstallation();
});
afterEach(() => installation[Symbol.asyncDispose]());

const picture = () => ({ bytes: fixture("picture.png") });
const charge = (amount: number) => ({ amount, unit: "points" });
const hasEnded = (id: string) => () => ["succeeded", "failed"].includes(installation.job(id).state.phase);

describe("a count of pictures", () => {
  test.each([
    { perCall: 1, count: 3, starts: [undefined, undefined, undefined] },
    { perCall: 2, count: 3, starts: [2, undefined] },
    { perCall: 4, count: 4, starts: [4] },
    { perCall: 4, count: 1, starts: [undefined] },
  ])("of $count where a start makes $perCall", async ({ perCall, count, starts }) => {
    verifies("paid-once.count-is-steps");
    installation.provider.perCall = perCall;
    const process = await installation.open();
    const { id } = await startJob(process, "image", { prompt: "x", count });
    await installation.until(hasEnded(id));
    expect(installation.provider.starts.map(({ request }) => request.count)).toEqual(starts);
    expect(installation.job(id).steps).toHaveLength(starts.length);
  });

  test("keeps the steps it was split into, whatever a start makes after a restart", async () => {
    verifies("paid-once.count-is-steps", "survives.kill-anywhere");
    const first = await installation.open({ started: false });
    const { id } = await startJob(first, "image", { prompt: "x", count: 3 });
    first.life.die();
    installation.provider.perCall = 4;
    await installation.open();
    await installation.until(hasEnded(id));
    expect(installation.job(id).state.phase).toBe("succeeded");
    expect(installation.provider.starts).toHaveLength(3);
  });

  test("is split again for a provider that takes over the job", async () => {
    verifies("provider.fail-over", "paid-once.count-is-steps");
    const other = createScriptedProvider("other");
    other.perCall = 4;
    const failure = { ...vendorFailure({ kind: "unreachable" }), provider: "scripted" };
    installation.provider.nextStart("image", { end: "not-sent", failure });
    const process = await installation.open({
      providers: [installation.provider, other].map(({ definition }) => ({ definition, values: {} })),
    });
    const { id } = await startJob(process, "image", { prompt: "x", count: 3 });
    await installation.until(hasEnded(id));
    expect(other.starts.map(({ request }) => request.count)).toEqual([3]);
    expect(installation.job(id).steps.map(({ name }) => name)).toEqual(["pictures-1-3"]);
  });
});

test("progress of several pictures is that of all of them", async () => {
  verifies("understood.whole-progress");
  const process = await installation.open();
  const { id } = await startJob(process, "image", { prompt: "x", count: 4 });
  const job = installation.job(id);
  const now = installation.clock.now();
  const [first, second, ...rest] = job.steps;
  const message = await process.runtime.jobMessage(
    {
      ...job,
      steps: [
        { ...first!, state: "done", startedAt: now - 60_000 },
        { ...second!, state: "running", startedAt: now - 20_000 },
        ...rest,
      ],
      state: {
        phase: "running",
        step: second!.name,
        attempt: "a",
        since: now - 20_000,
        failedChecks: 0,
        fraction: 0.5,
      },
    } as Job,
    ada,
  );
  expect(message.progress).toEqual({ fraction: 0.375, estimated: false, label: "1 min so far" });
});

test("a picture that was not made is reported with its reason, beside those that were", async () => {
  verifies("paid-once.missing-parts", "understood.vendor-words");
  installation.provider.perCall = 4;
  const missing = vendorFailure({ vendorCode: "DataInspectionFailed", vendorMessage: "原话", provider: "dashscope" });
  installation.provider.nextStart("image", {
    end: "done",
    output: { media: [picture(), picture()], missing: [missing, missing], charge: charge(2) },
  });
  const process = await installation.open();
  const { id } = await startJob(process, "image", { prompt: "x", count: 4 });
  await installation.until(hasEnded(id));
  const job = installation.job(id);
  const message = await process.runtime.jobMessage(job, ada);
  expect(message.tone).toBe("success");
  expect(message.media).toHaveLength(2);
  expect(message.lines).toEqual(["2 of the results you asked for could not be made: The vendor said no."]);
  expect(message.fields?.map(({ value }) => value)).toEqual(expect.arrayContaining(["DataInspectionFailed", "原话"]));
  // The job did cost something: "not charged" would seem to describe the whole job.
  expect(message.fields?.[0]).toEqual({ kind: "cost", label: "Cost", value: "2 points" });
  expect(message.fields?.map(({ label }) => label)).not.toContain("Charged");
  expect(message.actions?.map(({ action }) => action)).toContain("explain");
  expect(process.runtime.jobJson(job)).toMatchObject({
    steps: [{ missing: [{ code: "DataInspectionFailed", charged: "no" }, { code: "DataInspectionFailed" }] }],
  });
  const explained = await process.runtime.press({ action: "explain", subject: id, caller: ada });
  expect(explained).toMatchObject({ type: "answer" });
  expect(JSON.stringify(explained)).toContain("DataInspectionFailed");
});
