import { type Price, vendorFailures } from "@toolcast/core/provider";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createScriptedProvider } from "../doubles/scripted-provider.ts";
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

/** Two steps: speech, and a video of it. */
async function avatar(process: RunningProcess) {
  const sample = await upload(process, "tone.wav");
  const { id } = await startJob(process, "clone", { audio: sample.id, name: "mine", consent: true });
  await installation.until(() => installation.job(id).state.phase === "succeeded");
  const input = { video: (await upload(process, "avc.mp4")).id, voice: "mine", text: "words of twelve or more" };
  const reply = await process.runtime.call({ tool: "avatar", input, caller: ada });
  if (reply.type !== "job") throw new Error(JSON.stringify(reply));
  return reply;
}

const points: Price = { known: true, amount: 6, unit: "points" };
const yuan: Price = { known: true, amount: 2, unit: "CNY" };
const unknown: Price = { known: false, dependsOn: { en: "the weather", "zh-CN": "天气" } };

test("amounts in different units are not one price, and exceed no threshold", async () => {
  verifies("spending.price", "spending.ask-above");
  installation.provider.prices.set("speech", points).set("avatarVideo", yuan);
  const process = await installation.open();
  const { job, message } = await avatar(process);
  expect(job.price).toMatchObject({ known: false });
  const shownPrice = "not known in advance: its steps are charged in different units: 6 points + 2 CNY";
  expect(message.fields).toContainEqual({ kind: "price", label: "Price", value: shownPrice });
  const inChinese = await process.runtime.jobMessage(installation.job(job.id), { ...ada, locale: "zh-CN" });
  expect(inChinese.fields?.map(({ value }) => value)).toContain("无法预知：各步骤的计费单位不同：6 点 + 2 CNY");
});

test("an amount in a later unit above the threshold is held all the same", async () => {
  verifies("spending.ask-above");
  installation.provider.prices.set("voiceCloning", { known: true, amount: 0, unit: "points" });
  installation.provider.prices.set("speech", { known: true, amount: 600, unit: "points" }).set("avatarVideo", yuan);
  const process = await installation.open({ policy: { operators: [operator.id], askAbove: 5 } });
  const { job } = await avatar(process);
  expect(job.state).toMatchObject({ phase: "held", hold: { reason: "price" } });
});

test("equal to the threshold is not above it, however many steps it is the sum of", async () => {
  verifies("spending.ask-above");
  installation.provider.prices.set("image", { known: true, amount: 0.1, unit: "CNY" });
  const process = await installation.open({ policy: { operators: [operator.id], askAbove: 0.3 } });
  const reply = await process.runtime.call({ tool: "image", input: { prompt: "a", count: 3 }, caller: ada });
  expect(reply).toMatchObject({ type: "job", job: { price: { amount: 0.3 }, state: { phase: "queued" } } });
});

test("what a price depends on takes precedence over amounts in different units", async () => {
  verifies("spending.price");
  installation.provider.prices.set("speech", points).set("avatarVideo", unknown);
  const { job } = await avatar(await installation.open());
  expect(job.price).toEqual(unknown);
});

test("a provider that cannot give a price does not take over a job: the refusal stays as it was", async () => {
  verifies("provider.fail-over", "understood.failure");
  const first = createScriptedProvider("first");
  const second = createScriptedProvider("second");
  const broken = createScriptedProvider("broken");
  const title = { en: "First", "zh-CN": "甲" };
  first.nextStart("image", {
    end: "refused",
    failure: vendorFailures({ id: "xjc", title }).refused({ code: "20005" }),
  });
  broken.prices.set("image", { known: true } as Price);
  const open = (providers: (typeof first)[]) =>
    installation.open({ providers: providers.map(({ definition }) => ({ definition, values: {} })) });
  const process = await open([first, broken]);
  const { id } = await startJob(process, "image", { prompt: "a" });
  await installation.until(() => ["failed", "unresolved"].includes(installation.job(id).state.phase));
  expect(installation.job(id).state).toMatchObject({
    phase: "failed",
    failure: { vendorCode: "20005", charged: "no" },
  });
  expect(broken.starts).toEqual([]);

  process.life.die();
  first.nextStart("image", {
    end: "refused",
    failure: vendorFailures({ id: "xjc", title }).refused({ code: "20005" }),
  });
  const other = await startJob(await open([first, broken, second]), "image", { prompt: "b" });
  await installation.until(() => installation.job(other.id).state.phase === "succeeded");
  expect(installation.job(other.id).provider).toBe("second");
});
