import type { StartEnd } from "@toolcast/core/provider";
import { afterEach, beforeEach, expect, test } from "vitest";
import { usualOutput } from "../doubles/scripted-provider.ts";
import { createInstallation, type Installation, leaseMs, settle, startJob } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

const hourMs = 60 * 60_000;
const steps = [-24 * hourMs, -hourMs, hourMs, 24 * hourMs];
let installation: Installation;
beforeEach(async () => {
  installation = await createInstallation();
});
afterEach(() => installation[Symbol.asyncDispose]());

test.each(steps)(
  "set by %i ms during a paid start, the clock makes nothing unclear and starts nothing twice",
  async (byMs) => {
    verifies("survives.clock", "paid-once.one-start-a-step");
    const answer = Promise.withResolvers<StartEnd>();
    installation.provider.nextStart("image", () => answer.promise);
    const first = await installation.open();
    await installation.open();
    const { id } = await startJob(first, "image", { prompt: "x" });
    await installation.until(() => installation.provider.starts.length === 1);
    installation.clock.step(byMs);
    await installation.pass(3 * leaseMs);
    expect(installation.job(id).state.phase).toBe("starting");
    answer.resolve({ end: "done", output: usualOutput("image") });
    await installation.until(() => installation.job(id).state.phase === "succeeded");
    expect(installation.provider.starts).toHaveLength(1);
    expect(await first.runtime.clockStep()).toEqual({ at: expect.any(Number), byMs });
  },
);

test.each(steps)("set by %i ms between two tries, the clock delays no delivery", async (byMs) => {
  verifies("survives.clock");
  const { platform } = installation;
  const process = await installation.open({ attached: false });
  let tries = 0;
  process.runtime.attach({
    ...platform.surface,
    async deliver(route, delivery) {
      tries += 1;
      return tries === 1
        ? { end: "later", afterMs: 20_000, reason: "slow down" }
        : platform.surface.deliver(route, delivery);
    },
  });
  const { id } = await startJob(process, "image", { prompt: "x" });
  await installation.until(() => tries === 1);
  await settle();
  installation.clock.step(byMs);
  await installation.pass(60_000);
  expect(installation.job(id).notices.map(({ state }) => state)).toEqual(["sent"]);
});

test.each(steps)(
  "set by %i ms while a vendor works, the clock makes nothing overdue; the vendor's own time limit still applies",
  async (byMs) => {
    verifies("survives.clock", "paid-once.unknown-not-repeated");
    const { provider } = installation;
    provider.everyCheck = () => ({ state: "pending", checkAfterMs: 5_000 });
    provider.nextStart("image", { end: "operation", reference: { id: "task-1" }, checkAfterMs: 1_000 });
    const process = await installation.open();
    const { id } = await startJob(process, "image", { prompt: "x" });
    await installation.until(() => installation.job(id).state.phase === "running");
    await installation.pass(60_000);
    installation.clock.step(byMs);
    await installation.pass(60_000);
    expect(installation.job(id).state).toMatchObject({ phase: "running" });
    await installation.until(() => installation.job(id).state.phase === "unresolved", provider.maxDurationMs + 60_000);
    expect(provider.starts).toHaveLength(1);
  },
);

test.each(steps)("set by %i ms, the clock delays no question about work whose end is unclear", async (byMs) => {
  verifies("survives.clock", "paid-once.late-result");
  const { provider } = installation;
  provider.everyCheck = () => ({ state: "pending", checkAfterMs: 5_000 });
  provider.nextStart("image", { end: "operation", reference: { id: "task-1" }, checkAfterMs: 1_000 });
  const process = await installation.open();
  const { id } = await startJob(process, "image", { prompt: "x" });
  await installation.until(() => installation.job(id).state.phase === "unresolved", provider.maxDurationMs + 60_000);
  await installation.pass(10_000);
  installation.clock.step(byMs);
  provider.everyCheck = () => ({ state: "done", output: usualOutput("image") });
  await installation.until(() => installation.job(id).state.phase === "succeeded", 5 * 60_000);
  expect(provider.starts).toHaveLength(1);
});

test("a clock that was not set is not reported", async () => {
  verifies("survives.clock");
  const { runtime } = await installation.open();
  await installation.pass(10 * leaseMs);
  expect(await runtime.clockStep()).toBeNull();
});
