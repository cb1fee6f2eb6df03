import type { Job } from "../job/job.ts";
import { say } from "../messages/sentence.ts";
import type { Message } from "../surface/message.ts";
import type { JobMessageOptions } from "./job-message-options.ts";

/** How far a job is: all of it, not only the step under way. */
export async function progressOf(
  { job, caller, estimates, now }: JobMessageOptions,
  state: Extract<Job["state"], { phase: "starting" | "running" }>,
): Promise<Message["progress"]> {
  const elapsedMs = Math.max(0, now - state.since);
  const usualOf = (step: string) => estimates.usualMs(`${job.provider}:${job.tool}:${step}`);
  const usualMs = await usualOf(state.step);
  const whole = await wholeOf(job, { usualOf, elapsedMs, now });
  const elapsed = { durationMs: whole.elapsedMs };
  const reported = state.phase === "running" ? state.fraction : undefined;
  const share = 1 / Math.max(1, job.steps.length);
  const before = job.steps.findIndex(({ name }) => name === state.step) * share;
  const within = reported ?? (usualMs === null ? undefined : Math.min(0.95, elapsedMs / Math.max(usualMs, 1)));
  return {
    ...(within === undefined ? {} : { fraction: Math.min(0.97, before + within * share) }),
    estimated: reported === undefined,
    label: say(
      whole.usualMs === null
        ? { key: "job.elapsed", values: { elapsed } }
        : { key: "job.estimate", values: { elapsed, usual: { durationMs: whole.usualMs } } },
      caller.locale,
    ),
  };
}

/** How long all steps have taken so far, and usually take. A step that was never done counts as the mean of the others. */
async function wholeOf(
  { steps }: Job,
  step: { usualOf: (name: string) => Promise<number | null>; elapsedMs: number; now: number },
): Promise<{ elapsedMs: number; usualMs: number | null }> {
  const usual = (await Promise.all(steps.map(({ name }) => step.usualOf(name)))).filter((ms) => ms !== null);
  const startedAt = steps.length < 2 ? undefined : steps[0]?.startedAt;
  return {
    elapsedMs: startedAt === undefined ? step.elapsedMs : Math.max(0, step.now - startedAt),
    usualMs: usual.length === 0 ? null : (usual.reduce((sum, ms) => sum + ms, 0) / usual.length) * steps.length,
  };
}
