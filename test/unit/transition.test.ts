import type { Job } from "@toolcast/core";
import {
  endedPhases,
  type JobEvent,
  type Phase,
  type PhaseName,
  TransitionError,
  transition,
} from "@toolcast/core/engine";
import type { Failure } from "@toolcast/core/errors";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sampleJob } from "../sample-job.ts";
import { verifies } from "../verifies.ts";

const failure: Failure = {
  kind: "refused",
  sentence: { en: "No.", "zh-CN": "否。" },
  charged: "no",
  retry: { kind: "never" },
};
const evidence = { failure };
const ada = { id: "chat:ada", name: "Ada" };
const run = { step: "one", attempt: "a1" };

const phases: Record<PhaseName, Phase> = {
  held: { phase: "held", hold: { reason: "consent", sentence: failure.sentence } },
  queued: { phase: "queued", attempt: 0 },
  starting: { phase: "starting", ...run, since: 5 },
  running: { phase: "running", ...run, since: 5, checks: 0, failedChecks: 0 },
  succeeded: { phase: "succeeded" },
  failed: { phase: "failed", failure },
  cancelled: { phase: "cancelled" },
  unresolved: { phase: "unresolved", ...run, evidence },
};

const events: Record<JobEvent["event"], JobEvent> = {
  prepared: { event: "prepared", input: {} },
  waited: { event: "waited", ahead: 2 },
  rested: { event: "rested", failure },
  "provider-changed": {
    event: "provider-changed",
    attempt: "a1",
    provider: "other",
    title: { en: "Other", "zh-CN": "另一家" },
    from: { en: "First", "zh-CN": "第一家" },
    plan: { perCall: { image: 2 } },
    steps: ["one", "two"],
    failure,
  },
  held: { event: "held", hold: { reason: "budget", sentence: failure.sentence } },
  released: { event: "released", by: ada },
  dispatched: { event: "dispatched", ...run },
  "operation-begun": { event: "operation-begun", attempt: "a1", reference: "r" },
  "result-made": { event: "result-made", attempt: "a1", produced: { media: [{ url: "https://v.example/a" }] } },
  "step-done": { event: "step-done", ...run, assets: ["asset_1"] },
  "text-grew": { event: "text-grew", attempt: "a1", text: "so far" },
  "start-deferred": { event: "start-deferred", attempt: "a1", failure },
  "start-refused": { event: "start-refused", attempt: "a1", failure },
  "start-unanswered": { event: "start-unanswered", attempt: "a1", failure },
  "start-unknown": { event: "start-unknown", attempt: "a1", evidence },
  progressed: { event: "progressed", queued: false },
  "check-missed": { event: "check-missed", failure },
  "operation-failed": { event: "operation-failed", attempt: "a1", failure },
  "operation-overdue": { event: "operation-overdue", attempt: "a1", evidence },
  "looked-in-vain": { event: "looked-in-vain", attempt: "a1", nextAt: 900 },
  rejected: { event: "rejected", failure },
  finished: { event: "finished" },
  "cancel-wished": { event: "cancel-wished", by: ada },
  "cancel-answered": { event: "cancel-answered", attempt: "a1", vendor: "stopped" },
  "started-again": { event: "started-again", by: ada },
  "looked-again": { event: "looked-again", by: ada },
  left: { event: "left", by: ada },
};

/** A job of two steps in a phase; the first has begun at the vendor if the phase allows it. */
function jobIn(phase: PhaseName, changes: Partial<Job> = {}): Job {
  const begun = phase === "running" || phase === "unresolved";
  return sampleJob("job_1", {
    state: phases[phase],
    steps: [
      { name: "one", state: begun ? "running" : "waiting", assets: [], ...(begun ? { reference: "r" } : {}) },
      { name: "two", state: "waiting", assets: [] },
    ],
    ...changes,
  });
}

function after(job: Job, event: JobEvent): PhaseName | null {
  try {
    return transition(job, event, 10).state.phase;
  } catch (error) {
    expect(error).toBeInstanceOf(TransitionError);
    return null;
  }
}

const columns = ["held", "queued", "starting", "running", "unresolved", "succeeded", "failed", "cancelled"] as const;

/** Where each event leads from each phase, in the order of `columns`; a dot is a refused pair. */
const matrix: Record<JobEvent["event"], string> = {
  prepared: ".          queued     .          .          .          . . .",
  waited: ".            queued     .          .          .          . . .",
  rested: ".            queued     .          .          .          . . .",
  "provider-changed": ". .         queued     .          .          . . .",
  held: ".              held       .          .          .          . . .",
  released: "queued     .          .          .          .          . . .",
  dispatched: ".        starting   .          .          .          . . .",
  "operation-begun": ". .          running    .          running    . . .",
  "result-made": ".     .          running    .          running    . . .",
  "step-done": ".       .          queued     queued     queued     . . .",
  "text-grew": ".       .          starting   .          .          . . .",
  "start-deferred": ".  .          queued     .          queued     . . .",
  "start-refused": ".   .          failed     .          failed     . . .",
  "start-unanswered": ". .        starting   .          .          . . .",
  "start-unknown": ".   .          unresolved .          .          . . .",
  progressed: ".        .          .          running    .          . . .",
  "check-missed": ".    .          .          running    .          . . .",
  "operation-failed": ". .         .          failed     failed     . . .",
  "operation-overdue": ". .        .          unresolved .          . . .",
  "looked-in-vain": ". .           .          .          unresolved . . .",
  rejected: ".          failed     .          .          .          . . .",
  finished: ".          .          .          .          .          . . .",
  "cancel-wished": "cancelled cancelled starting running unresolved . . .",
  "cancel-answered": ". .          .          .          .          . . .",
  "started-again": ".   .          .          .          queued     . . .",
  "looked-again": ".    .          .          .          running    . . .",
  left: ".              .          .          .          failed     . . .",
};

describe("every pair of a phase and an event", () => {
  test.each(Object.entries(matrix))("%s leads where the table says, and is refused elsewhere", (name, row) => {
    verifies("survives.transitions");
    const found = columns.map((phase) => after(jobIn(phase), events[name as JobEvent["event"]]) ?? ".");
    expect(found).toEqual(row.split(/\s+/));
  });

  test("a job succeeds only when every step is done", () => {
    const steps = (["one", "two"] as const).map((name) => ({ name, state: "done" as const, assets: [] }));
    expect(after(jobIn("queued", { steps }), events.finished)).toBe("succeeded");
    expect(after(jobIn("running", { steps }), events.finished)).toBeNull();
  });

  test("a step that is done, or whose fate is open, is not started", () => {
    verifies("paid-once.one-start-a-step");
    for (const state of ["starting", "running", "done", "failed", "unknown"] as const) {
      const steps = [{ name: "one", state, assets: [] }];
      expect(after(jobIn("queued", { steps }), events.dispatched), state).toBeNull();
    }
  });

  test("nothing is started before links are fetched and checked", () => {
    expect(after(jobIn("queued", { prepared: false }), events.dispatched)).toBeNull();
  });

  test("an end that names another attempt is refused, so it never ends another start", () => {
    verifies("paid-once.one-start-a-step", "paid-once.late-answer");
    const attempted = Object.values(events).filter((event) => "attempt" in event && event.event !== "dispatched");
    expect(attempted).toHaveLength(13);
    for (const phase of ["starting", "running", "unresolved"] as const) {
      for (const event of attempted) {
        const job = jobIn(phase, { cancelWish: { at: 1, by: "Ada" } });
        expect(after(job, { ...event, attempt: "a2" } as JobEvent), `${phase} ${event.event}`).toBeNull();
      }
    }
  });
});

describe("a wish to cancel", () => {
  const wish = { cancelWish: { at: 1, by: "Ada" } };

  test("ends the job between two steps and keeps what the first made", () => {
    verifies("provider.cancel");
    const job = transition(jobIn("running", wish), events["step-done"], 10);
    expect(job.state).toEqual({ phase: "cancelled" });
    expect(job.notices).toMatchObject([{ about: "outcome", assets: ["asset_1"] }]);
  });

  test("ends a job whose start did not happen", () => {
    expect(after(jobIn("starting", wish), events["start-deferred"])).toBe("cancelled");
  });

  test("ends a running job only if the vendor has stopped it", () => {
    expect(after(jobIn("running", wish), events["cancel-answered"])).toBe("cancelled");
    const goesOn = transition(
      jobIn("running", wish),
      { event: "cancel-answered", attempt: "a1", vendor: "goes-on" },
      10,
    );
    expect(goesOn).toMatchObject({ state: { phase: "running" }, cancelWish: { vendor: "goes-on" } });
  });

  test("does not take away a result whose last step is done", () => {
    const steps = (["one", "two"] as const).map((name) => ({ name, state: "done" as const, assets: [] }));
    expect(after(jobIn("queued", { steps }), events["cancel-wished"])).toBe("queued");
  });

  test("is forgotten when the person starts again", () => {
    expect(transition(jobIn("unresolved", wish), events["started-again"], 10).cancelWish).toBeUndefined();
  });
});

describe("starting again", () => {
  test("forgets everything of the earlier start, so its result is not mistaken for the new one's", () => {
    const job = jobIn("unresolved");
    job.steps[0]!.produced = { media: [{ url: "https://v.example/old" }] };
    const again = transition(job, events["started-again"], 10);
    const { earlier, ...restarted } = again.steps[0]!;
    expect(earlier).toMatchObject([{ attempt: "a1", reference: "r", state: "unknown" }]);
    expect(restarted).toEqual({ name: "one", state: "waiting", assets: [] });
  });

  test("checking again needs something to check", () => {
    const job = jobIn("unresolved");
    delete job.steps[0]!.reference;
    expect(after(job, events["looked-again"])).toBeNull();
    job.steps[0]!.produced = { media: [{ url: "https://v.example/old" }] };
    expect(after(job, events["looked-again"])).toBe("running");
  });
});

describe("any sequence of events", () => {
  const anyEvent = fc.tuple(
    fc.constantFrom(...Object.values(events)),
    fc.constantFrom("one", "one", "two"),
    fc.constantFrom("a1", "a1", "a1", "a2"),
    fc.boolean(),
  );
  const sequence = fc.array(anyEvent, { maxLength: 120 });

  function eventOf([event, step, attempt, flag]: [JobEvent, string, string, boolean]): JobEvent {
    return {
      ...event,
      ...("step" in event ? { step } : {}),
      ...("attempt" in event ? { attempt } : {}),
      ...(event.event === "cancel-answered" && flag ? { vendor: "goes-on" as const } : {}),
      ...(event.event === "step-done" && flag ? { charge: { amount: 2, unit: "points" } } : {}),
    };
  }

  test("loses no reference and no charge, announces each phase once and never leaves an end", () => {
    verifies("survives.transitions", "paid-once.reference-first");
    fc.assert(
      fc.property(sequence, (steps) => {
        let job = jobIn("queued");
        let now = 100;
        for (const event of steps.map(eventOf)) {
          now += 1;
          const before = structuredClone(job);
          try {
            job = transition(job, event, now);
          } catch (error) {
            expect(error).toBeInstanceOf(TransitionError);
            expect(job).toEqual(before);
            continue;
          }
          const attempt = "attempt" in event ? event.attempt : undefined;
          const isLate =
            !("attempt" in before.state && before.state.attempt === attempt) &&
            before.steps.some(({ earlier = [] }) => earlier.some((start) => start.attempt === attempt));
          // A late end of an earlier start does not move the job.
          if (isLate) expect(job.state).toEqual(before.state);
          else expect(endedPhases).not.toContain(before.state.phase);
          expect(job.updatedAt).toBe(now);
          expect(job.timeline.at(-1)).toMatchObject({ at: now, event: event.event });
          const popped = before.timeline.at(-1)?.event === event.event;
          expect(job.timeline.length).toBeGreaterThanOrEqual(before.timeline.length + (popped ? 0 : 1));
          for (const [index, step] of before.steps.entries()) {
            const next = job.steps[index]!;
            if (event.event !== "started-again" && event.event !== "progressed" && step.reference !== undefined) {
              expect(next.reference).toBeDefined();
            }
            if (step.charge !== undefined) expect(next.charge).toEqual(step.charge);
            if (step.state === "done" && !isLate) expect(next).toEqual(step);
            expect(next.earlier?.length ?? 0).toBeGreaterThanOrEqual(step.earlier?.length ?? 0);
            expect(next.assets).toEqual(expect.arrayContaining(step.assets));
          }
          const isReported = ["succeeded", "failed", "cancelled", "held", "unresolved"].includes(job.state.phase);
          const isNew =
            (isReported && job.state.phase !== before.state.phase) || (isLate && event.event === "step-done");
          expect(job.notices.length).toBe(before.notices.length + (isNew ? 1 : 0));
          expect(new Set(job.notices.map(({ id }) => id)).size).toBe(job.notices.length);
        }
      }),
      { numRuns: 600, seed: 11 },
    );
  });
});
