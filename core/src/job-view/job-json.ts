import { entryOf } from "../errors/catalog.ts";
import type { Failure } from "../errors/errors.ts";
import type { Json } from "../ground/json.ts";
import { assetsOf, type Job } from "../job/job.ts";
import { routeOf } from "../job/notice-route.ts";
import { say } from "../messages/sentence.ts";
import { jobMoney } from "../money/job-money.ts";
import type { Price } from "../providers/operation.ts";
import { taskIdOf } from "./evidence-fields.ts";
import { nextStep } from "./next-step.ts";

/** A job for programs: stable names, ISO instants, no secrets, and nothing that only this installation understands. */
export function jobJson(job: Job): Json {
  const { state } = job;
  const { locale } = job.caller;
  return {
    id: job.id,
    tool: job.tool,
    provider: job.provider,
    state: state.phase,
    input: job.input,
    caller: job.caller.id,
    createdAt: iso(job.createdAt),
    updatedAt: iso(job.updatedAt),
    price: priceJson(job.price),
    money: { ...jobMoney(job) },
    steps: job.steps.map((step) => ({
      name: step.name,
      state: step.state,
      startedAt: step.startedAt === undefined ? null : iso(step.startedAt),
      endedAt: step.endedAt === undefined ? null : iso(step.endedAt),
      requestId: step.requestId ?? null,
      taskId: taskIdOf(step.reference) ?? null,
      assets: step.assets,
      text: step.text ?? null,
      missing: (step.missing ?? []).map((failure) => failureJson(failure, locale)),
      charge: step.charge === undefined ? null : { amount: step.charge.amount ?? null, unit: step.charge.unit },
    })),
    assets: assetsOf(job),
    hold: state.phase === "held" ? { reason: state.hold.reason, message: say(state.hold.sentence, locale) } : null,
    queuedBehind: state.phase === "queued" ? (state.ahead ?? null) : null,
    error:
      state.phase === "failed"
        ? failureJson(state.failure, locale)
        : state.phase === "unresolved"
          ? failureJson(state.evidence.failure, locale)
          : null,
    cancelRequestedAt: job.cancelWish === undefined ? null : iso(job.cancelWish.at),
    delivery: job.notices.map((notice) => ({
      id: notice.id,
      about: notice.about,
      state: notice.state,
      way: routeOf(notice) ?? null,
    })),
    timeline: job.timeline.map(({ at, event, sentence }) => ({ at: iso(at), event, text: say(sentence, locale) })),
  };
}

/** A price for programs; null when it is not known. */
export function priceJson(price: Price | undefined): Json {
  return price?.known ? { amount: price.amount, unit: price.unit } : null;
}

/** A failure for programs. */
export function failureJson(failure: Failure, locale: Job["caller"]["locale"]): Json {
  const entry = entryOf(failure);
  return {
    kind: failure.kind,
    message: say(failure.sentence, locale),
    field: failure.field ?? null,
    provider: failure.provider ?? null,
    code: failure.vendorCode ?? null,
    vendorMessage: failure.vendorMessage ?? null,
    requestId: failure.requestId ?? null,
    charged: failure.charged,
    retry: failure.retry.kind,
    actor: entry?.actor ?? null,
    remedy: nextStep(failure, locale) ?? null,
  };
}

function iso(instant: number): string {
  return new Date(instant).toISOString();
}
