import { PolicyError, UsageError } from "../errors/errors.ts";
import type { Clock } from "../ground/clock.ts";
import { questionOf } from "../job/decision.ts";
import type { Job } from "../job/job.ts";
import type { JobStore } from "../job/job-store.ts";
import { type JobEvent, TransitionError, transition } from "../job/transition.ts";
import { mayAnswer } from "../job-view/job-question.ts";
import type { Policy } from "../money/policy.ts";
import type { Caller } from "../people/caller.ts";
import type { Tool } from "../tools/tool.ts";
import { placesTaken } from "../work/recorder.ts";

/** The decisions after which a job may start something paid. */
const spending = new Set(["release", "start-again"]);

/**
 * Carries out people's decisions about a job, by button or command. One decision acts; a later one finds that the job
 * has moved on.
 */
export class Presses {
  readonly #store: JobStore;
  readonly #policy: Policy;
  readonly #clock: Clock;
  readonly #tools: readonly Tool[];

  constructor(options: { store: JobStore; policy: Policy; clock: Clock; tools: readonly Tool[] }) {
    this.#store = options.store;
    this.#tools = options.tools;
    this.#policy = options.policy;
    this.#clock = options.clock;
  }

  /** Does what the button says; returns the resulting job, even if somebody else was faster. */
  async press(job: Job, action: string, caller: Caller, question?: number): Promise<Job> {
    const now = this.#clock.now();
    try {
      const changed = await this.#store.change(job.id, (current) => {
        if (question !== undefined && question !== questionOf(current)) {
          return null;
        }
        // Checked against the current job: its decision may belong to another person by now.
        const event = this.#eventOf(current, action, caller);
        const next = transition(current, event, now);
        if (spending.has(action)) {
          this.#assertMayUse(current, caller);
        }
        const places = next.state.phase === "running" ? { admission: placesTaken(next) } : {};
        return { job: next, options: { wakeAt: now, ...places } };
      });
      return changed ?? (await this.#store.read(job.id)) ?? job;
    } catch (error) {
      const current = await this.#store.read(job.id);
      if (error instanceof TransitionError && current !== null) {
        return current;
      }
      throw error;
    }
  }

  /** Ends a job that has not started; otherwise stores the wish to cancel, and the vendor is asked. */
  cancel(job: Job, caller: Caller): Promise<Job> {
    return this.press(job, "cancel", caller);
  }

  #eventOf(job: Job, action: string, caller: Caller): JobEvent {
    switch (action) {
      case "cancel":
        return { event: "cancel-wished", by: caller };
      case "release":
        this.#assertMayRelease(job, caller);
        return { event: "released", by: caller };
      case "start-again":
        return { event: "started-again", by: caller };
      case "look-again":
        return { event: "looked-again", by: caller };
      case "leave":
        return { event: "left", by: caller };
      default:
        throw new UsageError({ key: "action.unknown", values: { action } });
    }
  }

  /** Whoever asked may have lost their role since. The job's own place counts, wherever its question was answered. */
  #assertMayUse(job: Job, caller: Caller): void {
    const tool = this.#tools.find(({ name }) => name === job.tool);
    const places = [...(caller.places ?? []), ...(job.caller.places ?? [])];
    if (tool !== undefined && !this.#policy.mayUse(tool, { ...caller, places })) {
      throw new PolicyError({ key: "tool.not-here", values: { name: tool.command } });
    }
  }

  #assertMayRelease(job: Job, caller: Caller): void {
    if (job.state.phase === "held" && !mayAnswer(job, caller, this.#policy.isOperator(caller))) {
      throw new PolicyError({ key: "action.not-yours" });
    }
  }
}
