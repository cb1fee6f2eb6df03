import { HttpError, vendorFailures } from "@toolcast/core/provider";
import { describe, expect, test } from "vitest";
import { callerOf } from "../chaos/app-answer.ts";
import { explainEnds } from "../chaos/explain-ends.ts";
import type { Wish } from "../chaos/load.ts";
import type { RunRecord } from "../chaos/run.ts";
import { startTroubles } from "../chaos/vendors.ts";
import { sampleJob } from "../sample-job.ts";

const dashscope = vendorFailures({ id: "dashscope", title: { en: "DashScope", "zh-CN": "百炼" } });
const silence = new HttpError("timeout", true, "dashscope.example");
const endpoint = "services/aigc/image2video/video-synthesis";
const epochMs = 1_000_000;
const seconds = (count: number) => epochMs + count * 1_000;

/** A portrait's paid start, from `from` to `to` seconds, that got no answer. */
function unclear(key: string, [from, to]: [number, number], reason: Parameters<typeof dashscope.startEnd>[0]) {
  const end = dashscope.startEnd(reason);
  if (end.end !== "unknown") throw new Error("a start without an answer is unclear");
  const wish: Wish = {
    ...{ key, kind: "portrait", person: "ada", tool: "avatar", input: {}, markers: [] },
    ...{ asksConsent: false, isFirstVoice: false },
  };
  const { failure } = end;
  const job = sampleJob(`job_${key}`, {
    tool: "create_avatar_video",
    provider: "dashscope",
    key: `${callerOf("ada").id}:${key}`,
    state: { phase: "unresolved", step: "video", attempt: key, evidence: { failure }, lookAt: null, looksInVain: 0 },
    timeline: [
      { at: seconds(from), event: "dispatched", sentence: failure.sentence },
      { at: seconds(to), event: "start-unknown", sentence: failure.sentence },
    ],
  });
  return { wish, job };
}

type Part = Pick<RunRecord, "orders" | "outages" | "lags"> & { pauses: { from: number; to: number }[] };

/** What explains these ends in a run in which no more than this happened; all starts came from one process. */
function explained(
  ends: ReturnType<typeof unclear>[],
  { orders = [], outages = [], pauses = [], lags = [] }: Partial<Part>,
) {
  const life = { pid: 1, isArmed: false, from: epochMs, to: seconds(1_000), end: "running", pauses } as const;
  const { violations, unresolved } = explainEnds({
    world: { epochMs },
    jobs: ends.map(({ job }) => job),
    asked: ends.map(({ wish }) => ({ wish })),
    dispatches: ends.map(({ job, wish }) => ({ job: job.id, attempt: wish.key, pid: 1 })),
    crew: { lives: [{ ...life, pauses }] },
    ...{ orders, outages, lags, tokenEnds: [] },
  } as unknown as RunRecord);
  return { violations: violations.map(({ job }) => job?.id), causes: Object.fromEntries(unresolved) };
}

const order = (marker: string, at: number) => ({ vendor: "dashscope" as const, endpoint, marker, at: seconds(at) });
const span = (from: number, to: number) => ({ from: seconds(from), to: seconds(to) });

describe("the causes of unclear ends in a chaos run", () => {
  test("a start that a pause kept from its answer leaves the order to the start that followed it", () => {
    const paused = unclear("k1", [20, 100], silence);
    const ordered = unclear("k2", [10, 14], { httpStatus: 500 });
    const run = { orders: [order("http 500", 5)], pauses: [span(30, 90)] };
    for (const ends of [
      [paused, ordered],
      [ordered, paused],
    ]) {
      expect(explained(ends, run)).toEqual({
        violations: [],
        causes: { "no answer because of a pause": 1, "no answer by order": 1 },
      });
    }
  });

  test.each([...startTroubles.keys()])("an order of %s explains one end, and only one that it makes", (marker) => {
    const reasons: Record<string, Parameters<typeof dashscope.startEnd>[0]> = {
      "http 500": { httpStatus: 500 },
      malformed: "unreadable",
      reset: new HttpError("reset", true, "dashscope.example"),
      giant: new HttpError("too-large", true, "dashscope.example"),
      hang: silence,
    };
    for (const [made, reason] of Object.entries(reasons)) {
      const ends = [unclear("k1", [10, 14], reason), unclear("k2", [20, 24], reason)];
      const isMade = made === (marker === "drop-after-accept" ? "reset" : marker);
      expect(explained(ends, { orders: [order(marker, 5)] }).violations).toHaveLength(isMade ? 1 : 2);
    }
  });

  test("neither an outage nor a pause explains an answer", () => {
    const answered = unclear("k1", [10, 40], { httpStatus: 500 });
    const run = { outages: [span(20, 30)], pauses: [span(20, 30)] };
    expect(explained([answered], run).violations).toEqual(["job_k1"]);
    expect(explained([unclear("k1", [10, 40], silence)], { outages: run.outages }).violations).toEqual([]);
  });

  test("a busy machine explains a time-out only where its delay was measured during the wait", () => {
    const late = unclear("k1", [10, 40], silence);
    const lag = (pid: number, from: number, to: number) => ({ ...span(from, to), pid, lagMs: 900 });
    const [asker, vendors] = [1, 7];
    for (const measured of [lag(asker, 20, 29), lag(vendors, 38, 47)]) {
      expect(explained([late], { lags: [measured] }).causes).toEqual({ "the machine was busy for 900 ms": 1 });
    }
    expect(explained([late], { lags: [lag(asker, 41, 50)] }).violations).toEqual(["job_k1"]);
    const broken = unclear("k1", [10, 40], new HttpError("reset", true, "dashscope.example"));
    expect(explained([broken], { lags: [lag(asker, 20, 29)] }).violations).toEqual(["job_k1"]);
    // A process that was stopped did not have to wait for the machine.
    const run = { lags: [lag(asker, 60, 100)], pauses: [span(61, 80)] };
    expect(explained([unclear("k1", [90, 105], silence)], run).violations).toEqual(["job_k1"]);
  });
});
