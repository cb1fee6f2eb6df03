import type { Context } from "../context.ts";
import type { Misbehaviour } from "../markers.ts";
import type { Task } from "./records.ts";

/** 1 queued, 2 processing, 3 done, 4 failed. */
export type Status = 1 | 2 | 3 | 4;

export const queueingMs = 1500;

/** Decides the whole course of a task that is accepted now. */
export function planTask(
  context: Context,
  plan: {
    accessKey: string;
    workingMs: number;
    callbackUrl: string | undefined;
    asked: Misbehaviour;
    /** If places are taken: not before this instant. */
    notBefore?: number;
  },
): Task {
  const createdAt = context.clock.now();
  const early = plan.asked.callback === "early";
  const startsAt = early ? createdAt : Math.max(createdAt + context.pace(queueingMs), plan.notBefore ?? 0);
  const workingMs = early ? 0 : context.pace(plan.workingMs + (plan.asked.slowMs ?? 0));
  return {
    createdAt,
    startsAt,
    endsAt: plan.asked.stuck ? null : startsAt + workingMs,
    failure: plan.asked.failure,
    callbackUrl: plan.callbackUrl,
    callback: plan.asked.callback ?? "once",
    callbackDone: false,
    accessKey: plan.accessKey,
  };
}

export function statusOf(task: Task, now: number): Status {
  if (now < task.startsAt) return 1;
  if (task.endsAt === null || now < task.endsAt) return 2;
  return task.failure === undefined ? 3 : 4;
}
