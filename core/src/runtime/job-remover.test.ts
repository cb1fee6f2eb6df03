import type Keyv from "keyv";
import { expect, test } from "vitest";
import { createManualClock } from "../../../test/manual-clock.ts";
import { StorageError } from "../errors/storage-error.ts";
import { silentLogger } from "../ground/logger.ts";
import { JobRemover } from "./job-remover.ts";

// @verifies survives.outage

type Options = ConstructorParameters<typeof JobRemover>[0];

test("deletions that the store cannot tell or finish are finished when it can, and end no process meanwhile", async () => {
  const clock = createManualClock();
  const left = new Set(["job_1", "job_2"]);
  let isAway = true;
  let isReadable = false;
  const read: string[] = [];
  const logged: string[] = [];
  const state = {
    namespace: "job-deletions",
    async *iterator() {
      if (isAway) throw new StorageError("away", new Error("ECONNREFUSED"));
      yield* [...left].map((id) => [id, { at: 0 }]);
    },
    async delete(id: string) {
      return left.delete(id);
    },
  } as unknown as Keyv;
  const store = {
    async read(id: string) {
      read.push(id);
      if (id === "job_1" && !isReadable) throw new StorageError("away", new Error("ECONNRESET"));
      return null;
    },
  };
  const logger = { ...silentLogger, warn: (_facts: object, message: string) => void logged.push(message) };
  const remover = new JobRemover({ store, state, clock, logger } as unknown as Options);
  const passes = async (ms: number) => {
    await clock.advance(ms);
    await new Promise((resolve) => setImmediate(resolve));
  };
  remover.start();
  await passes(0);
  expect([logged, read]).toEqual([["the deletion of a job could not be finished; trying again later"], []]);
  isAway = false;
  await passes(5 * 60_000);
  expect([...left]).toEqual(["job_1"]);
  isReadable = true;
  await passes(5 * 60_000);
  expect([[...left], read]).toEqual([[], ["job_1", "job_2", "job_1"]]);
  await passes(24 * 60 * 60_000);
  expect([logged.length, read.length, clock.pending()]).toEqual([2, 3, 0]);
});
