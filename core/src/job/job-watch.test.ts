import { expect, test } from "vitest";
import { createManualClock } from "../../../test/manual-clock.ts";
import { createMemoryEngine, createMemoryStore } from "../../../test/memory-engine.ts";
import { sampleJob } from "../../../test/sample-job.ts";
import { createSeededRandom } from "../../../test/seeded-random.ts";
import type { Job } from "./job.ts";
import { JobStore } from "./job-store.ts";
import { JobWatch } from "./job-watch.ts";

/** Two processes of one store; the engine of the first counts its queries for changes. */
function twoProcesses() {
  const clock = createManualClock();
  const shared = createMemoryStore();
  const [own, other] = [1, 2].map((seed) =>
    createMemoryEngine({ clock, random: createSeededRandom(seed), shared }),
  ) as [ReturnType<typeof createMemoryEngine>, ReturnType<typeof createMemoryEngine>];
  const queries: (string | null)[] = [];
  const counted = {
    ...own,
    changes(cursor: string | null, limit?: number) {
      queries.push(cursor);
      return own.changes(cursor, limit);
    },
  };
  const store = new JobStore(counted, clock, () => "2026-01-01");
  return { clock, queries, store, other, watch: new JobWatch(store, clock) };
}

const versions = (jobs: readonly Job[]) => jobs.map(({ id, version }) => `${id} ${version}`);

test("however often watching ends and begins during a query, the store is queried once a second", async () => {
  const clock = createManualClock();
  let looks = 0;
  let answer = () => {};
  const store = {
    watch: () => () => {},
    engine: {
      changes(cursor: string | null) {
        if (cursor === null) {
          return Promise.resolve({ cursor: "0", jobs: [] });
        }
        looks += 1;
        return new Promise((resolve) => {
          answer = () => resolve({ cursor: "0", jobs: [] });
        });
      },
    },
  };
  const watch = new JobWatch(store as unknown as JobStore, clock);
  let stop = watch.add(() => {});
  for (let round = 0; round < 10; round += 1) {
    await clock.advance(1_000);
    stop();
    stop = watch.add(() => {});
    answer();
    await clock.advance(0);
  }
  expect([looks, clock.pending()]).toEqual([10, 1]);
  stop();
  expect(clock.pending()).toBe(0);
  watch.close();
});

test("nothing is queried while nobody watches, and one query a second while somebody does", async () => {
  const { clock, queries, watch } = twoProcesses();
  await clock.advance(60_000);
  expect([queries.length, clock.pending()]).toEqual([0, 0]);
  const stop = watch.add(() => {});
  await clock.advance(10_000);
  expect(queries).toHaveLength(11);
  stop();
  await clock.advance(60_000);
  expect([queries.length, clock.pending()]).toEqual([11, 0]);
});

test("every change is reported, one by this process at once and one by another within a second, and none twice", async () => {
  const { clock, store, other, watch } = twoProcesses();
  await other.create(sampleJob("job_before"), { wakeAt: null });
  const seen: Job[] = [];
  watch.add((job) => seen.push(job));
  await clock.advance(0);
  await store.create(sampleJob("job_own"), { wakeAt: null });
  expect(versions(seen)).toEqual(["job_own 1"]);
  await clock.advance(2_000);
  await other.create(sampleJob("job_other"), { wakeAt: null });
  await other.write((await other.read("job_own"))!, {});
  await clock.advance(1_000);
  expect(versions(seen)).toEqual(["job_own 1", "job_other 1", "job_own 2"]);
  await clock.advance(10_000);
  expect(seen).toHaveLength(3);
});

test("more changes than one query returns are all reported, and a store in trouble delays them only", async () => {
  const { clock, store, other, watch } = twoProcesses();
  const seen = new Set<string>();
  watch.add(({ id }) => seen.add(id));
  await clock.advance(0);
  const { changes } = store.engine;
  store.engine.changes = () => Promise.reject(new Error("The disk is gone"));
  await Promise.all(Array.from({ length: 2_500 }, (_, n) => other.create(sampleJob(`job_${n}`), { wakeAt: null })));
  await clock.advance(5_000);
  expect(seen.size).toBe(0);
  store.engine.changes = changes;
  await clock.advance(1_000);
  expect(seen.size).toBe(2_500);
});
