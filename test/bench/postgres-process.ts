import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { silentLogger, systemClock, systemRandom } from "@toolcast/core";
import { openPostgresEngine } from "@toolcast/core/engine";
import { createReceivingTurn } from "@toolcast/core/surface";
import { sampleJob } from "../sample-job.ts";
import { closedLoop, timed } from "./closed-loop.ts";

/**
 * One of several processes on a database: `<address> store <callers> <ms>` stores jobs for so long whenever a line
 * arrives, and prints how many a second; `<address> hold` has a job and a receiving turn, and never ends with either.
 */
const [url = "", manner, callers, forMs] = process.argv.slice(2);
const engine = await openPostgresEngine({ url, clock: systemClock, random: systemRandom });
let stored = 0;
const store = timed(async () => {
  stored += 1;
  const name = `${process.pid}_${stored}_${randomUUID()}`;
  await engine.create(sampleJob(`job_${name}`, { key: name }), { wakeAt: null });
});

if (manner === "store") {
  process.stdout.write("ready\n");
  process.stdin.on("data", async () => {
    const { perSecond } = await closedLoop(store, { callers: Number(callers), forMs: Number(forMs) });
    process.stdout.write(`stored ${perSecond}\n`);
  });
} else {
  const taken = Promise.withResolvers<void>();
  await engine.schedule({
    surfaces: () => [],
    async advance() {
      taken.resolve();
      await new Promise(() => {});
    },
  });
  const turn = createReceivingTurn({
    ...{ engine, surface: "bench", clock: systemClock, random: systemRandom, logger: silentLogger },
  });
  await turn.begin({ gained() {}, lost() {} });
  await engine.create(sampleJob(`job_held_${process.pid}`), { wakeAt: systemClock.now() });
  await taken.promise;
  process.stdout.write("ready\n");
  process.stdin.resume();
}
await once(process.stdin, "end");
await engine.close();
