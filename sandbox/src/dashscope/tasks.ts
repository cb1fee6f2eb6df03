import type { Context } from "../context.ts";
import { type Answer, beijingTime, type Call, newId, type Vendor } from "./call.ts";
import { DashscopeRefusal, sayingOf } from "./codes.ts";
import type { DashscopeTask, Trouble } from "./records.ts";

export type Status = "PENDING" | "RUNNING" | "SUCCEEDED" | "FAILED" | "CANCELED" | "UNKNOWN";

const queueingMs = 1500;

/** Decides the whole course of a task that is accepted now. */
export function planTask(
  { context }: Vendor,
  call: Call,
  plan: { workingMs: number; trouble?: Trouble },
): Omit<DashscopeTask, "pictures" | "video"> {
  const { asked } = call;
  const createdAt = context.clock.now();
  const startsAt = Math.max(createdAt + context.pace(queueingMs), nextFreePlace(context, call.model));
  const trouble = troubleAsked(call) ?? plan.trouble;
  return {
    taskId: newId(),
    requestId: call.requestId,
    endpoint: call.endpoint,
    model: call.model,
    acceptedAt: context.vendorNow(),
    createdAt,
    startsAt,
    endsAt: asked.stuck ? null : startsAt + context.pace(plan.workingMs + (asked.slowMs ?? 0)),
    trouble,
    lost: asked.lost ?? false,
    expiredUrl: asked.expiredUrl ?? false,
  };
}

/** The failure a marker asks for: a code of the table, or a message with the code of a model fault. */
export function troubleAsked({ asked }: Call): Trouble | undefined {
  const { failure } = asked;
  if (failure === undefined) return undefined;
  const known = sayingOf(failure);
  return known ? { code: failure, message: known.message } : { code: "InternalError.Algo", message: failure };
}

/** The content of the answer to a submission. */
export function begun(task: DashscopeTask): Answer {
  return { output: { task_status: "PENDING", task_id: task.taskId } };
}

export function statusOf(context: Context, task: DashscopeTask): Status {
  if (task.lost || context.vendorNow() - task.acceptedAt >= context.limits.dashscopeTaskLifeMs) return "UNKNOWN";
  if (task.canceledAt !== undefined) return "CANCELED";
  const now = context.clock.now();
  if (now < task.startsAt) return "PENDING";
  if (task.endsAt === null || now < task.endsAt) return "RUNNING";
  return task.trouble === undefined ? "SUCCEEDED" : "FAILED";
}

/**
 * True while a task of `model` waits or is being made; one that never ends does not count, because it would block the
 * model.
 */
export function isBusy(context: Context, model: string): boolean {
  return openTasks(context, model).length > 0;
}

/** The instant at which another task of `model` can begin. */
function nextFreePlace(context: Context, model: string): number {
  const running = context.limits.dashscopeRunning;
  const ends = openTasks(context, model)
    .map(({ endsAt }) => endsAt ?? 0)
    .sort((left, right) => left - right);
  return ends.length < running ? 0 : (ends.at(-running) ?? 0);
}

function openTasks(context: Context, model: string): DashscopeTask[] {
  const now = context.clock.now();
  return context.state.dashscopeTasks
    .values()
    .filter((task) => task.model === model && task.canceledAt === undefined && task.endsAt !== null)
    .filter(({ endsAt }) => endsAt !== null && endsAt > now);
}

/** `GET tasks/{task_id}`. An id that does not exist is not an error: its status is UNKNOWN. */
export function queryTask(vendor: Vendor, taskId: string): Answer {
  const task = vendor.context.state.dashscopeTasks.get(taskId);
  const status = task === undefined ? "UNKNOWN" : statusOf(vendor.context, task);
  if (task === undefined || status === "UNKNOWN") {
    return { output: { task_id: taskId, task_status: "UNKNOWN" } };
  }
  const output = { task_id: taskId, task_status: status, ...timesOf(vendor.context, task, status) };
  switch (status) {
    case "SUCCEEDED":
      return success(vendor, task, output);
    case "FAILED":
      return {
        output: { ...output, ...task.trouble, ...metricsOf(task, status) },
      };
    default:
      return { output: { ...output, ...metricsOf(task, status) } };
  }
}

/** Tasks requested by message have no metrics. */
function metricsOf(task: DashscopeTask, status: Status): { task_metrics?: ReturnType<typeof metrics> } {
  return task.pictures === undefined || task.byMessage ? {} : { task_metrics: metrics(task, status) };
}

function success({ context, files }: Vendor, task: DashscopeTask, output: Record<string, unknown>): Answer {
  const endedAt = vendorTime(task, task.endsAt ?? task.startsAt);
  const expiresAt = task.expiredUrl ? endedAt - 1000 : endedAt + context.limits.dashscopeUrlLifeMs;
  if (task.video) {
    const { name, addressAt, durationMs, usage, prompt } = task.video;
    const address = { video_url: files.address(name, expiresAt) };
    return {
      output: {
        ...output,
        orig_prompt: prompt,
        ...(addressAt === "results" ? { results: address } : address),
      },
      usage: prompt === undefined ? { video_duration: Math.round(durationMs / 10) / 100, ...usage } : usage,
    };
  }
  const pictures = task.pictures ?? [];
  const results = pictures.map(({ name, prompt, actualPrompt, trouble }) =>
    trouble === undefined
      ? {
          orig_prompt: prompt,
          actual_prompt: actualPrompt,
          url: files.address(name, expiresAt),
        }
      : trouble,
  );
  const made = pictures.filter(({ trouble }) => trouble === undefined).length;
  if (task.byMessage) {
    const choices = pictures
      .filter(({ trouble }) => trouble === undefined)
      .map(({ name }) => ({
        finish_reason: "stop",
        message: { role: "assistant", content: [{ image: files.address(name, expiresAt), type: "image" }] },
      }));
    return {
      output: { ...output, finished: true, choices },
      usage: { ...task.byMessage, image_count: made, total_tokens: 0, input_tokens: 0, output_tokens: 0 },
    };
  }
  return { output: { ...output, results, task_metrics: metrics(task, "SUCCEEDED") }, usage: { image_count: made } };
}

function metrics({ pictures = [] }: DashscopeTask, status: Status) {
  const failed = status === "FAILED" ? pictures.length : pictures.filter(({ trouble }) => trouble).length;
  const isOver = status === "SUCCEEDED" || status === "FAILED";
  return { TOTAL: pictures.length, SUCCEEDED: isOver ? pictures.length - failed : 0, FAILED: isOver ? failed : 0 };
}

function timesOf(context: Context, task: DashscopeTask, status: Status): Record<string, string> {
  const times: Record<string, string> = { submit_time: beijingTime(task.acceptedAt) };
  if (status === "CANCELED") return { ...times, end_time: beijingTime(vendorTime(task, task.canceledAt ?? 0)) };
  if (context.clock.now() >= task.startsAt) times.scheduled_time = beijingTime(vendorTime(task, task.startsAt));
  if (status === "SUCCEEDED" || status === "FAILED") {
    times.end_time = beijingTime(vendorTime(task, task.endsAt ?? 0));
  }
  return times;
}

/** An instant of the machine's clock converted to the vendor's clock. */
export function vendorTime(task: DashscopeTask, machineMs: number): number {
  return task.acceptedAt + (machineMs - task.createdAt);
}

/** `POST tasks/{task_id}/cancel`: only waiting tasks, and then nothing is billed. */
export function cancelTask({ context }: Vendor, taskId: string): void {
  const task = context.state.dashscopeTasks.get(taskId);
  if (task === undefined || statusOf(context, task) !== "PENDING") throw new DashscopeRefusal("UnsupportedOperation");
  context.state.dashscopeTasks.put(taskId, { ...task, canceledAt: context.clock.now() });
  context.ledger.forgive(taskId, "canceled before it began");
}
