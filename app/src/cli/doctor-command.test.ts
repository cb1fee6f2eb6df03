import { systemClock } from "@toolcast/core";
import { type Condition, locales, say } from "@toolcast/core/surface";
import { expect, test } from "vitest";
import { clockFindings, conditionFindings } from "./doctor-command.ts";

const hourMs = 60 * 60_000;

// @verifies survives.clock
test("doctor reports that the clock was set or the machine slept, by how much, for a week", () => {
  const at = systemClock.now();
  const [back] = clockFindings({ at, byMs: -24 * hourMs });
  const [forward] = clockFindings({ at: at - 6 * 24 * hourMs, byMs: 2 * hourMs });
  expect([back?.level, forward?.level]).toEqual(["warning", "warning"]);
  expect(say(back!.sentence, "en")).toMatch(/clock was set back by (1 day|24 h)/);
  expect(say(forward!.sentence, "en")).toMatch(/slept, or its clock was set forward, by 2 h/);
  expect(say(back!.sentence, "zh-CN")).toContain("时钟曾被调慢");
  expect(clockFindings({ at: at - 8 * 24 * hourMs, byMs: hourMs })).toEqual([]);
  expect(clockFindings(null)).toEqual([]);
});

// @verifies survives.disk-full
test("doctor reports what cannot be written, and warns when the disk is nearly full", () => {
  const usual: Condition = {
    ...{ ready: true, store: null, media: null, held: null, workers: null },
    ...{ freeBytes: 500 * 1024 ** 2, isSpaceShort: false, away: [] },
  };
  expect(conditionFindings(usual)).toEqual([]);
  const [short, ...others] = conditionFindings({ ...usual, isSpaceShort: true });
  expect([short?.level, others]).toEqual(["warning", []]);
  for (const locale of locales) {
    expect(say(short!.sentence, locale)).toMatch(/500 MB/);
  }
  expect(conditionFindings({ ...usual, ready: false, media: { key: "storage.full" } })).toMatchObject([
    { level: "error", sentence: { key: "storage.full" } },
  ]);
});

// @verifies survives.no-worker
test("doctor warns, in both languages, when nobody carries out what is accepted", () => {
  const [finding, ...others] = conditionFindings({
    ...{ ready: true, store: null, media: null, held: null, workers: { key: "store.no-worker" } },
    ...{ freeBytes: null, isSpaceShort: false, away: [] },
  });
  expect([finding, others]).toMatchObject([{ level: "warning", subject: "DATABASE_URL" }, []]);
  expect(say(finding!.sentence, "en")).toContain("nobody carries them out");
  expect(say(finding!.sentence, "zh-CN")).toContain("没有服务器执行");
});
