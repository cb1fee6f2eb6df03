import fc from "fast-check";
import { expect, test } from "vitest";
import { createManualClock } from "../../../test/manual-clock.ts";
import { createMemoryEngine } from "../../../test/memory-engine.ts";
import { sampleJob } from "../../../test/sample-job.ts";
import { createSeededRandom } from "../../../test/seeded-random.ts";
import { internalFailure } from "../errors/errors.ts";
import type { Job } from "./job.ts";
import { JobStore } from "./job-store.ts";
import { type JobEvent, TransitionError } from "./transition.ts";

const person = { id: "web:ada", name: "Ada" };
const failure = internalFailure("unknown");
const free = internalFailure("no");
const charge = { amount: 0.1, unit: "CNY" };
const evidence = { failure };
const price = { known: true, ...charge } as const;

/** Every event about a start, for the attempt with that number; some are impossible in the job's phase. */
const happenings: readonly ((attempt: string, step: string) => JobEvent)[] = [
  (attempt, step) => ({ event: "dispatched", step, attempt, price }),
  (attempt, step) => ({
    event: "dispatched",
    step,
    attempt,
    price: { known: false, dependsOn: { key: "job.hold.price" } },
  }),
  (attempt) => ({ event: "start-unknown", attempt, evidence }),
  (attempt) => ({ event: "operation-begun", attempt, reference: { id: attempt } }),
  (attempt) => ({ event: "operation-overdue", attempt, evidence }),
  (attempt, step) => ({ event: "step-done", step, attempt, assets: [], charge }),
  (attempt, step) => ({ event: "step-done", step, attempt, assets: [] }),
  (attempt) => ({ event: "operation-failed", attempt, failure }),
  (attempt) => ({ event: "operation-failed", attempt, failure: free }),
  (attempt) => ({ event: "start-refused", attempt, failure: free }),
  (attempt) => ({ event: "start-refused", attempt, failure }),
  (attempt) => ({ event: "start-deferred", attempt, failure: free }),
  () => ({ event: "started-again", by: person }),
  () => ({ event: "looked-again", by: person }),
  () => ({ event: "left", by: person }),
  () => ({ event: "cancel-wished", by: person }),
];

const plot = fc.array(
  fc.record({
    // Starts are as frequent as all other events together.
    happening: fc.oneof(fc.constantFrom(0, 0, 1, 2, 12), fc.nat(happenings.length - 1)),
    attempt: fc.nat(3),
    step: fc.nat(1),
  }),
  { minLength: 5, maxLength: 40 },
);

/** @verifies spending.probable */
test("ledger and probable charges contain every start that may have been paid, once, and the counters match the records", async () => {
  await fc.assert(
    fc.asyncProperty(plot, async (happened) => {
      const clock = createManualClock();
      const engine = createMemoryEngine({ clock, random: createSeededRandom(1) });
      const store = new JobStore(engine, clock, () => "2026-01-31");
      const names = ["picture-1", "picture-2"];
      const steps = names.map((name) => ({ name, state: "waiting" as const, assets: [] }));
      let { job } = await store.create(sampleJob("job_1", { steps, provider: "xjc" }), {});
      let ledger = 0;
      /** Attempts that have been sent, with whether they cost money as far as is known. */
      const paid = new Map<string, boolean>();
      for (const { happening, attempt: number, step } of happened) {
        const event = happenings[happening]!(`attempt_${number}`, names[step]!);
        if (event.event === "dispatched" && paid.has(event.attempt)) {
          continue;
        }
        try {
          const end = await store.apply(
            job,
            event,
            event.event === "step-done" && event.charge ? ledgerOf(charge) : {},
          );
          expect(end.end).toBe("written");
          job = (await store.read("job_1"))!;
        } catch (error) {
          if (error instanceof TransitionError) {
            continue;
          }
          throw error;
        }
        if (event.event === "dispatched") paid.set(event.attempt, true);
        if (event.event === "step-done" && event.charge) ledger += 1;
        if ("failure" in event && event.failure.charged === "no" && "attempt" in event)
          paid.set(event.attempt ?? "", false);
        await expectCountersOf(job);
        expect(ledger + (job.probable ?? []).length + underWay(job)).toBe([...paid.values()].filter(Boolean).length);
      }

      function ledgerOf({ amount }: { amount: number }) {
        return { count: [{ name: "charged|2026-01-31|xjc|CNY|web:ada", amount }] };
      }

      async function expectCountersOf({ probable = [] }: Job): Promise<void> {
        const counted = new Map((await engine.counters("")).map(({ name, count }) => [name, count] as const));
        const priced = probable.filter(({ amount }) => amount !== undefined);
        const sum = Math.round(priced.length * charge.amount * 1e6) / 1e6;
        expect(counted.get("probable|2026-01-31|xjc|CNY|web:ada") ?? 0).toBe(sum);
        expect(counted.get("probable-sum|xjc|CNY") ?? 0).toBe(sum);
        expect(counted.get("unpriced|2026-01-31|xjc||web:ada") ?? 0).toBe(probable.length - priced.length);
        expect(counted.get("unpriced-sum|xjc|") ?? 0).toBe(probable.length - priced.length);
        expect(new Set(probable.map(({ attempt }) => attempt)).size).toBe(probable.length);
      }
    }),
    { numRuns: 400 },
  );
});

/** A start that is under way is not counted yet, unless it was unclear before. */
function underWay({ state, probable = [] }: Job): number {
  const goesOn = state.phase === "starting" || state.phase === "running";
  return goesOn && probable.every(({ attempt }) => attempt !== state.attempt) ? 1 : 0;
}
