import type { Job } from "@toolcast/core";
import type { Failure } from "@toolcast/core/errors";
import type { Violation } from "./audit-starts.ts";
import type { LagLine } from "./lag.ts";
import type { Effect, Wish } from "./load.ts";
import { unstepped } from "./machine-faults.ts";
import type { RunRecord } from "./run.ts";
import { noAnswerInTime, startTroubles } from "./vendors.ts";
import { askedByJob } from "./wish-jobs.ts";

/** Why jobs did not end well; an end without an explanation is a violation. */
export interface EndsAudit {
  violations: Violation[];
  /** How many jobs are unclear, by cause. */
  unresolved: Map<string, number>;
  /** How many jobs failed or were cancelled, by cause. */
  failed: Map<string, number>;
}

/** Far more than a run takes: only a step of the clock is so long. */
const stepMs = 12 * 60 * 60_000;

const keyTooOld = "its key could no longer be trusted after a step of the clock";

type Order = RunRecord["orders"][number];

/** Each unclear or failed job must have a cause that this run made: a kill, a pause, a marker, an order, a person. */
export function explainEnds(record: RunRecord): EndsAudit {
  const asked = askedByJob(record.jobs, record.asked);
  const audit: EndsAudit = { violations: [], unresolved: new Map(), failed: new Map() };
  const orders = new Set(record.orders);
  const count = (counts: Map<string, number>, cause: string) => counts.set(cause, (counts.get(cause) ?? 0) + 1);
  for (const job of record.jobs) {
    const wish = asked.get(job.id)?.wish;
    const cause = causeOf(job, wish, record, orders);
    if (cause === null) continue;
    count(job.state.phase === "unresolved" ? audit.unresolved : audit.failed, cause ?? "nothing");
    if (cause === undefined) {
      audit.violations.push({ what: `${job.state.phase} without a cause`, job });
    }
  }
  return audit;
}

/** Null if the job needs no cause; undefined if it needs one and has none. */
function causeOf(job: Job, wish: Wish | undefined, record: RunRecord, orders: Set<Order>): string | null | undefined {
  const { state } = job;
  switch (state.phase) {
    case "unresolved":
      return causeOfUnclear(job, state.attempt, state.evidence.failure, wish, record, orders);
    case "failed":
      return job.timeline.some(({ event }) => event === "left")
        ? "left by its person"
        : causeOfFailure(job, state.failure, wish, record);
    case "cancelled":
      return job.cancelWish === undefined ? undefined : "cancelled by its person";
    default:
      return null;
  }
}

function causeOfFailure(
  job: Job,
  failure: Failure,
  wish: Wish | undefined,
  { world, crew, tokenEnds, database }: RunRecord,
): string | undefined {
  const { vendorCode, vendorMessage } = failure;
  if (wish?.link === "gone" && vendorCode === undefined) return "its link led nowhere";
  const [from, to] = [job.createdAt, job.updatedAt].map((instant) => unstepped(instant, world)) as [number, number];
  if (vendorCode === "20002" && tokenEnds.filter((at) => at >= from && at <= to).length > 1) {
    return "its token ended, and so did the next";
  }
  // Vendors fetch media from the apps, which look them up in the database.
  const during = (span: { from: number; to: number }) => span.from <= to && span.to >= from;
  const unfetched =
    /could not download the input|could not fetch the|leads to nothing usable|download of the file timed out|refused the vendor's download/;
  if (unfetched.test(JSON.stringify(failure.sentence))) {
    if (database?.away.some(during)) return "its file could not be fetched while the database was away";
    if (crew.lives.some(({ pauses }) => pauses.some(during))) return "its file could not be fetched from a paused app";
  }
  const code = vendorCode !== undefined && has(wish, "refused", (text) => text.includes(vendorCode));
  if (code) return `refused by marker ${vendorCode}`;
  const failed = vendorMessage !== undefined && has(wish, "failed", (text) => text.includes(vendorMessage));
  return failed ? "failed by marker" : undefined;
}

function causeOfUnclear(
  job: Job,
  attempt: string,
  failure: Failure,
  wish: Wish | undefined,
  { world, crew, database, dispatches, outages, lags }: RunRecord,
  orders: Set<Order>,
): string | undefined {
  const key = "key" in failure.sentence ? failure.sentence.key : "";
  // The machine's clock may have been a day off when the entry was written.
  const lastAt = (...events: string[]) =>
    unstepped(job.timeline.findLast(({ event }) => events.includes(event))?.at ?? world.epochMs, world);
  const from = lastAt("dispatched");
  const to = lastAt("start-unknown", "operation-overdue");
  const during = (span: { from: number; to: number }) => span.from <= to && span.to >= from;
  const pid = dispatches.find((line) => line.attempt === attempt)?.pid;
  const life = crew.lives.findLast((one) => one.pid === pid);
  const written = (event: string) => job.timeline.findLast((entry) => entry.event === event)?.at ?? 0;
  const isKeyTooOld = job.provider === "keyed" && Math.abs(written("start-unknown") - written("dispatched")) > stepMs;
  const wasPaused = life?.pauses.some(during) ?? false;
  if (key === "job.overdue" || key === "job.overdue-trouble") {
    return has(wish, "endless") ? "overdue by marker" : undefined;
  }
  if (key === "media.result-unreachable") {
    return has(wish, "endless", (text) => text.includes("expired-url")) ? "result expired by marker" : undefined;
  }
  if (key === "job.cut-off") {
    const died = life !== undefined && (life.end === "arrow" || life.end === "random") && life.to <= to;
    if (died) return `cut off by a kill (${life.end})`;
    if (wasPaused) return "cut off by a pause";
    if (isKeyTooOld) return keyTooOld;
    return database?.away.some(during) ? "cut off while the database was away, and with it the lease" : undefined;
  }
  if (key === "job.set-aside") {
    const killed = crew.lives.filter(({ end, pauses }) => end === "arrow" || end === "random" || pauses.length > 0);
    return killed.length >= 3 ? "set aside after kills" : undefined;
  }
  if (key === "provider.refused") {
    // A refusal that may have been charged is as unclear as no answer at all.
    const { vendorCode } = failure;
    const byMarker = vendorCode !== undefined && has(wish, "refused", (text) => text.includes(vendorCode));
    return byMarker ? `unclear refusal by marker ${vendorCode}` : undefined;
  }
  if (key !== "provider.no-answer") return undefined;
  if (isKeyTooOld) return keyTooOld;
  if (has(wish, "unknown")) return "no answer by marker";
  // Whoever answers with a status was neither away nor waiting for a paused process.
  if (failure.httpStatus === undefined) {
    if (outages.some(during)) return "no answer by the vendor's outage";
    if (wasPaused) return "no answer because of a pause";
  }
  const endpoint = orderedEndpoint(job);
  const reason = reasonOf(failure);
  // An order applies to the next call to its endpoint, and only once: what it cannot have caused must not use it up.
  const order = [...orders].findLast(
    (one) =>
      endpoint?.test(one.endpoint) && one.at <= to && reason !== undefined && startTroubles.get(one.marker) === reason,
  );
  if (order === undefined) {
    // Only what was measured during this very wait: an app that was stopped on purpose did not lag.
    const pausesOf = (one: number) => crew.lives.findLast((other) => other.pid === one)?.pauses ?? [];
    const isStopped = (lag: LagLine) => pausesOf(lag.pid).some((span) => span.from <= lag.to && span.to >= lag.from);
    const isOurs = (lag: LagLine) => lag.pid === pid || !crew.lives.some((one) => one.pid === lag.pid);
    const busy = lags.filter((lag) => during(lag) && isOurs(lag) && !isStopped(lag));
    return reason === noAnswerInTime && busy.length > 0
      ? `the machine was busy for ${Math.max(...busy.map(({ lagMs }) => lagMs))} ms`
      : undefined;
  }
  orders.delete(order);
  return "no answer by order";
}

function reasonOf({ sentence }: Failure): string | undefined {
  const reason = "key" in sentence ? sentence.values?.reason : undefined;
  return typeof reason === "object" && "en" in reason ? reason.en : undefined;
}

/** The endpoint, at the job's current provider, at which an order can fail a start that has no text for a marker. */
function orderedEndpoint({ tool, provider, state, input }: Job): RegExp | undefined {
  // Its prompt has room for a marker.
  if (tool === "generate_video") return undefined;
  const step = state.phase === "unresolved" ? state.step : "";
  switch (`${provider} ${step}`) {
    case "xjc training":
      return new RegExp(`^voice/${String(input.tier)}/train$`);
    case "dashscope training":
      return /:create_voice$/;
    case "dashscope video":
      return /image2video\/video-synthesis$/;
    default:
      return undefined;
  }
}

function has(wish: Wish | undefined, effect: Effect, fits: (text: string) => boolean = () => true): boolean {
  return wish?.markers.some((marker) => marker.effect === effect && fits(marker.text)) ?? false;
}
