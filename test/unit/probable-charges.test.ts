import type { StartEnd } from "@toolcast/core/provider";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fixture } from "../doubles/fixture-media.ts";
import { vendorFailure } from "../doubles/scripted-provider.ts";
import {
  ada,
  createInstallation,
  type Installation,
  operator,
  type RunningProcess,
  startJob,
} from "../runtime-fixture.ts";
import { sampleJob } from "../sample-job.ts";
import { verifies } from "../verifies.ts";

let installation: Installation;
beforeEach(async () => {
  installation = await createInstallation();
});
afterEach(() => installation[Symbol.asyncDispose]());

const unclear = vendorFailure({ kind: "unknown", charged: "unknown" });
const unknown: StartEnd = { end: "unknown", failure: unclear };
const probable = async ({ runtime }: RunningProcess) => (await runtime.overview(operator)).probable;
const reaches = (id: string, phase: string) => installation.until(() => installation.job(id).state.phase === phase);

async function unclearPicture(process: RunningProcess, end: StartEnd = unknown): Promise<string> {
  installation.provider.nextStart("image", end);
  const { id } = await startJob(process, "image", { prompt: "a" });
  await reaches(id, "unresolved");
  return id;
}

async function press(process: RunningProcess, action: string, id: string): Promise<void> {
  await process.runtime.press({ action, subject: id, caller: ada });
}

describe("what is probably charged", () => {
  test("is counted by attempt: both after starting again; a start that was left stays", async () => {
    verifies("spending.probable");
    const process = await installation.open();
    const id = await unclearPicture(process);
    const row = { provider: "scripted", unit: "points", person: ada.id, amount: 2, unpriced: 0 };
    expect(await probable(process)).toMatchObject([row]);
    installation.provider.nextStart("image", unknown);
    await press(process, "start-again", id);
    await installation.until(() => installation.provider.starts.length === 2);
    await reaches(id, "unresolved");
    expect(await probable(process)).toMatchObject([{ ...row, amount: 4 }]);
    await press(process, "leave", id);
    await reaches(id, "failed");
    expect(await probable(process)).toMatchObject([{ ...row, amount: 4 }]);
    expect(installation.job(id).probable).toHaveLength(2);
  });

  test("moves into the ledger when a late look finds it done, and disappears if the vendor charged nothing", async () => {
    verifies("spending.probable", "spending.ledger");
    const process = await installation.open();
    const begun: StartEnd = { end: "operation", reference: { id: "task-1" }, checkAfterMs: 1_000 };
    installation.provider.nextCheck({ state: "lost", failure: unclear });
    const done = await unclearPicture(process, begun);
    installation.provider.nextCheck({ state: "lost", failure: unclear });
    const free = await unclearPicture(process, begun);
    expect(await probable(process)).toMatchObject([{ amount: 4 }]);
    installation.provider.nextCheck({
      state: "done",
      output: { media: [], text: "x", charge: { amount: 3, unit: "points" } },
    });
    installation.provider.nextCheck({ state: "failed", failure: vendorFailure({ charged: "no" }) });
    await installation.until(async () => (await probable(process)).length === 0);
    expect((await process.runtime.overview(operator)).spend).toMatchObject([{ amount: 3 }]);
    expect([done, free].map((id) => installation.job(id).probable)).toEqual([undefined, undefined]);
  });

  test("includes failures that may have cost something, and counts starts whose price is unknown", async () => {
    verifies("spending.probable");
    installation.provider.prices.set("image", { known: false, dependsOn: { key: "job.hold.price" } });
    const process = await installation.open();
    installation.provider.nextStart("image", {
      end: "operation",
      reference: { id: "task-1" },
      checkAfterMs: 1_000,
    });
    installation.provider.nextCheck({ state: "failed", failure: vendorFailure({ charged: "unknown" }) });
    const { id } = await startJob(process, "image", { prompt: "a" });
    await reaches(id, "failed");
    expect(await probable(process)).toMatchObject([{ unit: "", amount: 0, unpriced: 1 }]);
  });

  test("contains finished starts of an unknown price, too, until their vendor names a charge", async () => {
    verifies("spending.probable", "console.operations-address");
    installation.provider.prices.set("image", { known: false, dependsOn: { key: "job.hold.price" } });
    const process = await installation.open();
    installation.provider.nextStart("image", {
      end: "done",
      output: { media: [{ bytes: await fixture("picture.png") }] },
    });
    const { id } = await startJob(process, "image", { prompt: "a" });
    await reaches(id, "succeeded");
    expect(await probable(process)).toMatchObject([{ unit: "", person: ada.id, amount: 0, unpriced: 1 }]);
    const charge = { amount: 2, unit: "points" };
    installation.provider.nextStart("image", {
      end: "done",
      output: { media: [{ bytes: await fixture("picture.png") }], charge },
    });
    const told = await startJob(process, "image", { prompt: "b" });
    await reaches(told.id, "succeeded");
    expect(await probable(process)).toMatchObject([{ unpriced: 1 }]);
  });

  test("is shown with the balances, in either language and for programs", async () => {
    verifies("spending.probable");
    const process = await installation.open();
    await unclearPicture(process);
    for (const [locale, words] of [
      ["en", { label: "Scripted · probably charged, not confirmed by the vendor", value: "2 points" }],
      ["zh-CN", { label: "脚本 · 可能已扣费，服务商未确认", value: "2 点" }],
    ] as const) {
      const reply = await process.runtime.call({ tool: "balance", input: {}, caller: { ...operator, locale } });
      expect(reply).toMatchObject({
        type: "answer",
        message: { fields: expect.arrayContaining([words]) },
        data: { balances: [{ probablyCharged: [{ amount: 2, unit: "points", startsOfUnknownPrice: 0 }] }] },
      });
    }
  });
});

test("includes jobs that were unclear before the count existed: counted once, in batches, over restarts", async () => {
  verifies("spending.probable");
  const first = await installation.open({ started: false });
  first.life.die();
  const evidence = { failure: unclear };
  const step = { name: "picture-1", state: "unknown" as const, startedAt: 1_000, assets: [] };
  for (let index = 0; index < 250; index += 1) {
    const job = sampleJob(`job_${index}`, {
      ...{ owner: ada.id, surface: "chat", provider: "scripted", createdAt: index, steps: [step] },
      price: { known: true, amount: 2, unit: "points" },
      state:
        index % 2 === 0
          ? { phase: "unresolved", step: step.name, attempt: `attempt_${index}`, evidence, lookAt: null }
          : { phase: "succeeded" },
    });
    installation.store.entries.set(job.id, {
      ...{ job, order: index, wakeAt: null, scheduledAt: 0, hintedAt: null, needsSurface: null },
      ...{ lease: null, troubles: 0, waitsFor: null, calledAt: null, call: null, changed: 0, holds: new Set<string>() },
    });
  }
  const second = await installation.open();
  await installation.until(async () => ((await probable(second))[0]?.amount ?? 0) > 0);
  second.life.die();
  const third = await installation.open();
  await installation.pass(60_000);
  expect(await probable(third)).toMatchObject([{ amount: 250, unpriced: 0 }]);
  third.life.die();
  const fourth = await installation.open();
  await installation.pass(60_000);
  expect(await probable(fourth)).toMatchObject([{ amount: 250 }]);
});
