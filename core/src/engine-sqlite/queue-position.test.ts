import { expect, test } from "vitest";
import { createManualClock } from "../../../test/manual-clock.ts";
import { sampleJob } from "../../../test/sample-job.ts";
import { createQueuePositions } from "./sqlite-queue-position.ts";
import { createRecordStore } from "./sqlite-records.ts";
import { openJobDatabase } from "./sqlite-schema.ts";

test("a position is exact below 100 and estimated above, from a queue that is counted every 10 seconds", async () => {
  const clock = createManualClock();
  const database = openJobDatabase(":memory:");
  const records = createRecordStore(database);
  const put = (id: string, createdAt: number, provider: string) => {
    const job = sampleJob(id, { createdAt, provider });
    records.insert(job, JSON.stringify(job), { now: 0, wakeAt: null, needsSurface: null });
  };
  for (let n = 0; n < 1_000; n += 1) {
    put(`job_${n}`, n, "spark");
    put(`other_${n}`, n, "xjc");
  }
  const positions = createQueuePositions(database, clock);
  const ahead = (n: number) =>
    positions.ahead({ provider: "spark", createdAt: n, seq: records.head(`job_${n}`, 0)!.seq });
  expect([ahead(0), ahead(42), ahead(99)]).toEqual([0, 42, 99]);
  expect([ahead(100), ahead(500), ahead(999)]).toEqual([100, 500, 999]);
  database.exec("DELETE FROM jobs WHERE provider = 'spark' AND created_at % 2 = 1");
  expect(ahead(998)).toBe(998);
  await clock.advance(10_000);
  expect(ahead(998)).toBe(499);
  expect(ahead(60)).toBe(30);
  database.close();
});
