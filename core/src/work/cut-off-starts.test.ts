import { expect, test } from "vitest";
import { createManualClock } from "../../../test/manual-clock.ts";
import type { Job } from "../job/job.ts";
import { CutOffStarts } from "./cut-off-starts.ts";

// @verifies paid-once.vendor-key

type Created = ConstructorParameters<typeof CutOffStarts>;

test.each([
  [true, "asks", false],
  [false, "hands the job back", true],
])("with its lease held: %s, a process that would ask again %s", async (held, _, goesOn) => {
  const clock = createManualClock();
  const asked: string[] = [];
  const options = {
    ...{ clock, store: {}, media: { madeBy: async () => [] }, identity: { held: () => null } },
    providers: { find: () => undefined },
  };
  const starter = {
    async askAgain(_job: Job, { attempt }: { attempt: string }) {
      asked.push(attempt);
      return false;
    },
  };
  const starts = new CutOffStarts(...([options, {}, starter] as unknown as Created));
  const state = { phase: "starting", step: "picture", attempt: "attempt_1", since: clock.now() } as const;
  const taken = { step: () => ({ operation: { sameKeyForMs: 60_000 } }) };
  const again = { lease: { isHeld: () => held, signal: new AbortController().signal }, prepare: async () => ({}) };
  const ended = starts.settle(
    ...([{ id: "job_1", provider: "p", steps: [] }, taken, state, again] as unknown as Parameters<
      CutOffStarts["settle"]
    >),
  );
  // With more to do, the worker sees that the lease is gone and makes the job due again.
  expect([await ended, asked]).toEqual([goesOn, held ? ["attempt_1"] : []]);
});
