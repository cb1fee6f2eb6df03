import { openSqliteEngine, systemClock, systemRandom } from "@toolcast/core";
import { openPostgresEngine } from "@toolcast/core/engine";
import { sampleJob } from "../sample-job.ts";

/**
 * A process on a shared store: `<file or postgres address> <lease in ms> <jobs> <hold|finish>`. Creates that many jobs, the same ones in
 * every process, and prints which ones it gets; with `hold` it never finishes one. Ends when its standard input closes.
 */
const [store = "", leaseMs, jobs, manner] = process.argv.slice(2);
const options = { clock: systemClock, random: systemRandom, leaseMs: Number(leaseMs), pollMs: 50 };
const engine = store.startsWith("postgres:")
  ? await openPostgresEngine({ url: store, ...options })
  : openSqliteEngine({ file: store, ...options });
const schedule = await engine.schedule({
  surfaces: () => [],
  async advance({ jobId }) {
    process.stdout.write(`${jobId}\n`);
    if (manner === "hold") {
      await new Promise(() => {});
    }
    const job = await engine.read(jobId);
    const admission = { holds: [], counters: [{ name: "advanced", amount: 1, max: 1_000 }] };
    await engine.write(job!, { wakeAt: null, admission });
  },
});
await Promise.all(
  Array.from({ length: Number(jobs) }, (_, n) =>
    engine.create(sampleJob(`job_${process.pid}_${n}`, { key: `event-${n}` }), { wakeAt: systemClock.now() }),
  ),
);
process.stdout.write("ready\n");
process.stdin.resume();
process.stdin.once("end", () => {
  void schedule.stop(5_000).then(() => engine.close());
});
