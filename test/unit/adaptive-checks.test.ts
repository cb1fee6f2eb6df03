import { afterEach, beforeEach, expect, test } from "vitest";
import { createInstallation, type Installation, type RunningProcess, startJob } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

const workMs = 90_000;
let installation: Installation;
let process: RunningProcess;
beforeEach(async () => {
  installation = await createInstallation();
  const { provider, clock } = installation;
  provider.everyCheck = (reference) => {
    const { beganAt } = reference as { beganAt: number };
    return clock.now() - beganAt < workMs ? { state: "pending", checkAfterMs: 15_000 } : null;
  };
  process = await installation.open();
});
afterEach(() => installation[Symbol.asyncDispose]());

/** How often a picture was asked about, and how long it took. */
async function makePicture(): Promise<{ looks: number; tookMs: number }> {
  const { provider, clock } = installation;
  const [before, beganAt] = [provider.checks.length, clock.now()];
  provider.nextStart("image", () => ({ end: "operation", reference: { beganAt: clock.now() } }));
  const { id } = await startJob(process, "image", { prompt: "a lake at dawn" });
  await installation.until(() => installation.job(id).state.phase === "succeeded", 10 * 60_000);
  return { looks: provider.checks.length - before, tookMs: clock.now() - beganAt };
}

test("once the usual duration is known, the end is seen sooner than the provider's own pause would", async () => {
  verifies("survives.adaptive-checks");
  const first = await makePicture();
  await makePicture();
  await makePicture();
  const known = await makePicture();
  expect(known.tookMs).toBeLessThan(first.tookMs);
  expect(known.tookMs).toBeLessThan(workMs + 8_000);
  expect(known.looks).toBeLessThan(20);
});
