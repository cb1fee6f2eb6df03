import type { StartEnd } from "@toolcast/core/provider";
import { afterEach, beforeEach, expect, test } from "vitest";
import { vendorFailure } from "../doubles/scripted-provider.ts";
import { ada, createInstallation, type Installation, operator, startJob, upload } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

let installation: Installation;
beforeEach(async () => {
  installation = await createInstallation();
});
afterEach(() => installation[Symbol.asyncDispose]());

const unknown: StartEnd = { end: "unknown", failure: vendorFailure({ kind: "unknown", charged: "unknown" }) };

test("operators see what is open, what waits, what was spent and which providers pause; others see nothing of it", async () => {
  verifies("spending.ledger", "spending.operators");
  const process = await installation.open();
  const done = await startJob(process, "image", { prompt: "a", count: 2 });
  await installation.until(() => installation.job(done.id).state.phase === "succeeded");
  installation.provider.nextStart("image", unknown);
  const unclear = await startJob(process, "image", { prompt: "b" });
  await installation.until(() => installation.job(unclear.id).state.phase === "unresolved");
  const overview = await process.runtime.overview(operator);
  expect(overview.phases).toMatchObject({ succeeded: 1, unresolved: 1, queued: 0 });
  expect(overview.waiting.map(({ id }) => id)).toEqual([unclear.id]);
  expect(overview.spend).toMatchObject([{ provider: "scripted", unit: "points", person: ada.id, amount: 4 }]);
  expect(overview.spend[0]?.day).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  expect(overview.providers).toEqual([
    { id: "scripted", title: { en: "Scripted", "zh-CN": "脚本" }, running: 0, concurrent: 5, restsUntil: null },
  ]);
  await expect(process.runtime.overview(ada)).rejects.toMatchObject({ failure: { kind: "policy" } });
});

test("a gallery shows only its owner's uploads and results, newest first", async () => {
  verifies("safe.owners");
  const process = await installation.open();
  const sample = await upload(process, "tone.wav");
  await installation.pass(1_000);
  const { id } = await startJob(process, "image", { prompt: "a" });
  await installation.until(() => installation.job(id).state.phase === "succeeded");
  const [picture] = installation.job(id).steps[0]!.assets;
  expect((await process.runtime.gallery(ada)).map((asset) => asset.id)).toEqual([picture, sample.id]);
  expect(await process.runtime.gallery(operator)).toEqual([]);
});
