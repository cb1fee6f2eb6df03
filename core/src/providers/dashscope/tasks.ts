import { z } from "zod";
import { entryOf } from "../../errors/catalog.ts";
import { type Charged, type Failure, internalFailure, type ProviderError, ToolcastError } from "../../errors/errors.ts";
import { providerMessages } from "../../messages/provider.ts";
import type { Sentence } from "../../messages/sentence.ts";
import type { CheckEnd, OperationContext, Output, StartEnd } from "../operation.ts";
import { type Api, readTimeoutMs, startTimeoutMs } from "./api.ts";
import { vendorRefusal } from "./exchange.ts";
import { dashscopeFailures, dashscopeName } from "./name.ts";
import type { TaskWorks } from "./task-looks.ts";
import { type TaskAnswer, taskAnswer, taskBegun } from "./wire.ts";

/** All that is needed to ask about a task later. `startedAt` is our time, epoch milliseconds. */
const taskReference = z.object({
  kind: z.literal("task"),
  taskId: z.string(),
  model: z.string(),
  startedAt: z.number(),
  /** How many results were requested, if the answer lists only those that were made. */
  count: z.number().optional(),
  /** The resolution of a video, if it decides the price in addition to the model. */
  resolution: z.string().optional(),
  /** The request id of the submission, for the vendor's support. */
  requestId: z.string().optional(),
});
export type TaskReference = z.output<typeof taskReference>;

/** The vendor gives up a task after three hours of waiting; asking longer than this is useless. */
export const taskMaxDurationMs = 4 * 3_600_000;
/** How long a new id may not be known everywhere at the vendor yet. */
export const settlingMs = 60_000;
const minCheckMs = 2000;
/** The longest pause between checks; an account may make 20 requests per second in all. */
const maxCheckMs = 15_000;

/** When to check work of this age again: often at first. */
export function nextCheckMs(ageMs: number): number {
  return Math.min(maxCheckMs, Math.max(minCheckMs, Math.round(ageMs / 5)));
}

/** Submits one task. */
export async function beginTask(
  api: Api,
  { ages }: TaskWorks,
  task: Pick<TaskReference, "model" | "count" | "resolution"> & {
    path: string;
    body: Record<string, unknown>;
    /** Whether the body has addresses of uploaded files. */
    hasUploads?: boolean;
    /** Default {@link startTimeoutMs}. */
    timeoutMs?: number;
  },
  context: OperationContext,
): Promise<StartEnd> {
  const startedAt = ages.clock.now();
  const begun = await api.begin({
    method: "POST",
    path: task.path,
    asTask: true,
    hasUploads: task.hasUploads,
    body: { model: task.model, ...task.body },
    data: taskBegun,
    timeoutMs: task.timeoutMs ?? startTimeoutMs,
    signal: context.signal,
  });
  if (begun.end !== "data") {
    return begun;
  }
  const { requestId } = begun;
  ages.begun(begun.data.output.task_id, startedAt);
  const reference: TaskReference = {
    kind: "task",
    taskId: begun.data.output.task_id,
    model: task.model,
    startedAt,
    count: task.count,
    resolution: task.resolution,
  };
  return requestId === undefined
    ? { end: "operation", reference }
    : { end: "operation", reference: { ...reference, requestId }, requestId };
}

/** What one kind of task makes, and what its failure costs. */
export interface TaskKind {
  /** Undefined if the result is missing; a failure if every part of it was refused. */
  output(
    answer: TaskAnswer,
    task: Pick<TaskReference, "model" | "count" | "resolution">,
  ): Omit<Output, "requestId"> | { refused: Failure } | undefined;
  chargedOnFailure: Charged;
}

export async function checkTask(
  api: Api,
  { ages, looks }: TaskWorks,
  reference: unknown,
  kind: TaskKind,
  context: OperationContext,
): Promise<CheckEnd> {
  const parsed = taskReference.safeParse(reference);
  if (!parsed.success) {
    return { state: "lost", failure: foreignFailure() };
  }
  const task = parsed.data;
  const underWay = await looks.underWay(task.taskId, task.startedAt);
  if (underWay !== null) {
    const checkAfterMs = nextCheckMs(ages.of(task.taskId, task.startedAt));
    return { state: "pending", queued: underWay === "PENDING", checkAfterMs };
  }
  let data: TaskAnswer;
  try {
    ({ data } = await api.read({
      method: "GET",
      path: `tasks/${encodeURIComponent(task.taskId)}`,
      data: taskAnswer,
      timeoutMs: readTimeoutMs,
      signal: context.signal,
    }));
  } catch (error) {
    if (!isFinalNo(error)) {
      throw error;
    }
    return { state: "lost", failure: ended(error.failure, task, "unknown") };
  }
  const ageMs = ages.of(task.taskId, task.startedAt);
  const checkAfterMs = nextCheckMs(ageMs);
  const { task_status: status, code, message } = data.output;
  if (status !== "PENDING" && status !== "RUNNING") {
    looks.ended(task.taskId);
  }
  switch (status) {
    case "PENDING":
      return { state: "pending", queued: true, checkAfterMs };
    case "RUNNING":
    case "SUSPENDED":
      return { state: "pending", queued: false, checkAfterMs };
    case "SUCCEEDED": {
      const made = kind.output(data, task);
      if (made === undefined) {
        // It has ended: its state will not change for the day that the vendor keeps it.
        return code === undefined
          ? { state: "lost", failure: ended(withoutMedia(message), task, "unknown") }
          : { state: "failed", failure: ended(taskFailure(code, message), task, kind.chargedOnFailure) };
      }
      return "refused" in made
        ? { state: "failed", failure: ended(made.refused, task, kind.chargedOnFailure) }
        : { state: "done", output: { ...made, requestId: task.requestId } };
    }
    case "FAILED":
      return { state: "failed", failure: ended(taskFailure(code, message), task, kind.chargedOnFailure) };
    case "CANCELED":
      return { state: "failed", failure: ended(withoutResult("provider.dashscope.task-canceled"), task, "no") };
    case "UNKNOWN":
      return ageMs < settlingMs
        ? { state: "pending", checkAfterMs }
        : { state: "lost", failure: ended(withoutResult("provider.dashscope.task-forgotten"), task, "unknown") };
    default:
      throw unreadableTask("unreadable", task);
  }
}

/** Whether the refusal is about the task itself and would be repeated; keys, permissions and rates may change. */
function isFinalNo(error: unknown): error is ToolcastError {
  return (
    ToolcastError.isInstance(error) &&
    error.failure.kind === "refused" &&
    ["input", "media", "not-found"].includes(entryOf(error.failure)?.category ?? "")
  );
}

/** Cancels a task, which is possible only while it waits. */
export async function cancelTask(
  api: Api,
  reference: unknown,
  context: OperationContext,
): Promise<"stopped" | "goes-on"> {
  const parsed = taskReference.safeParse(reference);
  if (!parsed.success) {
    return "goes-on";
  }
  try {
    await api.read({
      method: "POST",
      path: `tasks/${encodeURIComponent(parsed.data.taskId)}/cancel`,
      data: z.looseObject({}),
      timeoutMs: readTimeoutMs,
      signal: context.signal,
    });
    return "stopped";
  } catch (error) {
    if (ToolcastError.isInstance(error) && error.failure.vendorCode === "UnsupportedOperation") {
      return "goes-on";
    }
    throw error;
  }
}

/** The failure of a stored reference that is not this provider's: nothing can ever be asked with it. */
export function foreignFailure(): Failure {
  return { ...internalFailure("unknown"), provider: dashscopeName.provider };
}

/**
 * The failure of a task that ended without a result: never retried automatically, whatever its code means for starts.
 */
function ended(failure: Failure, task: TaskReference, charged: Charged): Failure {
  const retry = failure.retry.kind === "after-change" ? failure.retry : ({ kind: "never" } as const);
  return {
    ...failure,
    charged,
    retry,
    details: { ...detailsOf(failure), taskId: task.taskId },
    requestId: task.requestId ?? failure.requestId,
  };
}

function detailsOf({ details }: Failure): Record<string, never> {
  return (details ?? {}) as Record<string, never>;
}

/** Why a task failed; the vendor may omit the code, the message or both. */
function taskFailure(code: string | undefined, message: string | undefined): Failure {
  if (code !== undefined) {
    return vendorRefusal({ code, message });
  }
  const values = {
    provider: dashscopeName.providerTitle,
    message: message ?? providerMessages["provider.no-reason-given"],
  };
  const failure = withoutResult("provider.operation-failed", values);
  return message === undefined ? failure : { ...failure, vendorMessage: message };
}

/** The vendor says that it has finished, but gives neither a result nor a reason. */
function withoutMedia(vendorMessage: string | undefined): Failure {
  const failure = withoutResult("provider.ended-without-result");
  return vendorMessage === undefined ? failure : { ...failure, vendorMessage };
}

function withoutResult(
  key:
    | "provider.dashscope.task-canceled"
    | "provider.dashscope.task-forgotten"
    | "provider.ended-without-result"
    | "provider.operation-failed",
  values: Extract<Sentence, { key: string }>["values"] = { provider: dashscopeName.providerTitle },
): Failure {
  return {
    kind: "refused",
    provider: dashscopeName.provider,
    sentence: { key, values },
    charged: "unknown",
    retry: { kind: "never" },
  };
}

function unreadableTask(trouble: "incomplete" | "unreadable", task: TaskReference): ProviderError {
  return dashscopeFailures.notReadable(trouble, task.requestId);
}
