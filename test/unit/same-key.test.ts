import type { Job } from "@toolcast/core";
import type { Failure } from "@toolcast/core/errors";
import type { StartEnd } from "@toolcast/core/provider";
import { say } from "@toolcast/core/surface";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ada, createInstallation, type Installation, startJob } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

const dayMs = 24 * 3_600_000;

let installation: Installation;
beforeEach(async () => {
  installation = await createInstallation();
  installation.provider.sameKeyForMs = dayMs;
});
afterEach(() => installation[Symbol.asyncDispose]());

const lost: Failure = {
  kind: "unknown",
  sentence: { en: "No answer.", "zh-CN": "没有答复。" },
  charged: "unknown",
  retry: { kind: "never" },
};
const unknown: StartEnd = { end: "unknown", failure: lost };
const keys = () => installation.provider.starts.map(({ context }) => context.startKey);
const onlyJob = (): Job => installation.jobs()[0]!;
const phase = () => onlyJob().state.phase;
const told = () => onlyJob().notices.map(({ about }) => about);

describe("a vendor that knows a start by its key", () => {
  verifies("paid-once.vendor-key");

  test("is asked again with the same key after a lost answer; nobody is bothered", async () => {
    installation.provider.nextStart("image", unknown, unknown);
    const process = await installation.open();
    await startJob(process, "image", { prompt: "x" });
    await installation.until(() => phase() === "succeeded");
    expect(new Set(keys()).size).toBe(1);
    expect(keys()[0]).toMatch(/^[\w-]{8,64}$/);
    expect(keys()).toHaveLength(3);
    expect(told()).toEqual(["outcome"]);
    expect(onlyJob().steps[0]!.attempt).toBe(keys()[0]);
  });

  test("is asked again with the same key by the process that takes over from one that died", async () => {
    const first = await installation.open();
    installation.provider.nextStart("image", () => {
      first.life.die();
      return new Promise<StartEnd>(() => {});
    });
    await startJob(first, "image", { prompt: "x" });
    await installation.until(() => first.life.dead);
    await installation.open();
    await installation.until(() => phase() === "succeeded");
    expect([keys().length, new Set(keys()).size, told()]).toEqual([2, 1, ["outcome"]]);
  });

  test("counts once, and its charge once", async () => {
    installation.provider.nextStart("image", unknown);
    const process = await installation.open({ policy: { operators: [], dailyPerPerson: 50 } });
    await startJob(process, "image", { prompt: "x" });
    await installation.until(() => phase() === "succeeded");
    const counted = [...installation.store.counters].filter(([name]) => name.startsWith("starts:"));
    expect(counted.map(([, count]) => count)).toEqual([1, 1]);
    expect(onlyJob().probable ?? []).toEqual([]);
  });

  test("has a story in both languages", async () => {
    installation.provider.nextStart("image", unknown);
    const process = await installation.open();
    await startJob(process, "image", { prompt: "x" });
    await installation.until(() => phase() === "succeeded");
    const { sentence } = onlyJob().timeline.find(({ event }) => event === "start-unanswered")!;
    expect(say(sentence, "en")).toMatch(/No answer.*same key/);
    expect(say(sentence, "zh-CN")).toMatch(/没有答复.*幂等键/);
  });

  test.each([
    ["is busy", { ...lost, kind: "refused", charged: "no", retry: { kind: "later" } } as Failure, "refused" as const],
    [
      "cannot be reached",
      { ...lost, kind: "unreachable", charged: "no", retry: { kind: "later" } } as Failure,
      "not-sent" as const,
    ],
  ])("is asked again when it %s: that says nothing about the first question", async (_name, failure, end) => {
    installation.provider.nextStart("image", unknown, { end, failure });
    const process = await installation.open();
    await startJob(process, "image", { prompt: "x" });
    await installation.until(() => phase() === "succeeded");
    expect([keys().length, new Set(keys()).size]).toEqual([3, 1]);
  });

  test("leaves a start unclear, never failed, if it refuses the second question", async () => {
    const failure = { ...lost, kind: "refused", charged: "no", retry: { kind: "never" } } as Failure;
    installation.provider.nextStart("image", unknown, { end: "refused", failure });
    const process = await installation.open();
    await startJob(process, "image", { prompt: "x" });
    await installation.until(() => phase() === "unresolved");
    expect(onlyJob().state).toMatchObject({ evidence: { failure: { charged: "unknown" } } });
    await process.runtime.press({ action: "start-again", subject: onlyJob().id, caller: ada });
    await installation.until(() => phase() === "succeeded");
    expect([keys().length, new Set(keys()).size]).toEqual([3, 2]);
  });

  test("is not asked after it has forgotten the key", async () => {
    installation.provider.sameKeyForMs = 5_000;
    installation.provider.nextStart("image", ...Array.from({ length: 50 }, () => unknown));
    const process = await installation.open();
    await startJob(process, "image", { prompt: "x" });
    await installation.until(() => phase() === "unresolved");
    expect(keys()).toHaveLength(2);
  });

  test("is asked at most 20 times", async () => {
    installation.provider.nextStart("image", ...Array.from({ length: 50 }, () => unknown));
    const process = await installation.open();
    await startJob(process, "image", { prompt: "x" });
    await installation.until(() => phase() === "unresolved", dayMs);
    expect(keys()).toHaveLength(20);
    expect(new Set(keys()).size).toBe(1);
  });
});

test("a vendor without keys is never asked again", async () => {
  verifies("paid-once.unknown-not-repeated");
  delete installation.provider.sameKeyForMs;
  installation.provider.nextStart("image", unknown);
  const process = await installation.open();
  await startJob(process, "image", { prompt: "x" });
  await installation.until(() => phase() === "unresolved");
  expect(keys()).toHaveLength(1);
});
