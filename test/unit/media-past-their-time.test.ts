import { afterEach, beforeEach, expect, test } from "vitest";
import { ada, createInstallation, type Installation, startJob, upload } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

const hourMs = 60 * 60_000;
let installation: Installation;
beforeEach(async () => {
  installation = await createInstallation();
});
afterEach(() => installation[Symbol.asyncDispose]());

test("media past their time are deleted, except those that an open job uses as input", async () => {
  verifies("media.retention");
  const process = await installation.open({ retentionDays: 2 / 24, policy: { operators: [], askAbove: 0 } });
  const [taken, idle] = [await upload(process, "tone.wav"), await upload(process, "picture.png")];
  const job = await startJob(process, "clone", { audio: taken.id, name: "mine", consent: true });
  expect(job.state.phase).toBe("held");
  await installation.pass(2 * hourMs - 60_000);
  expect(await process.runtime.media.read(idle.id)).not.toBeNull();
  await installation.pass(1.1 * hourMs);
  expect(await process.runtime.media.read(idle.id)).toBeNull();
  expect(await process.runtime.media.read(taken.id)).not.toBeNull();
  await process.runtime.press({ action: "cancel", subject: job.id, caller: ada });
  await installation.pass(1.1 * hourMs);
  expect(await process.runtime.media.read(taken.id)).toBeNull();
});
