import { expect, test } from "vitest";
import { createManualClock } from "../../../test/manual-clock.ts";
import type { JobStore } from "./job-store.ts";
import { JobWatch } from "./job-watch.ts";

test("however often watching ends and begins during a query, the store is queried once a second", async () => {
  const clock = createManualClock();
  let looks = 0;
  let answer = () => {};
  const store = {
    watch: () => () => {},
    engine: {
      list() {
        looks += 1;
        return new Promise<[]>((resolve) => {
          answer = () => resolve([]);
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
