import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Caller, createRuntime, openSqliteEngine, systemClock, systemRandom } from "@toolcast/core";
import { createFixtureHttp } from "../doubles/fixture-media.ts";
import { createScriptedProvider } from "../doubles/scripted-provider.ts";
import { createScriptedSurface } from "../doubles/scripted-surface.ts";

/** What the process holds, right after garbage was collected. */
export interface Sample {
  /** How many jobs had ended and were delivered. */
  jobs: number;
  heapMb: number;
  residentMb: number;
  /** Timers, files, sockets and whatever else is open. */
  handles: number;
}

export interface SoakOptions {
  jobs: number;
  /** How many are under way at once. */
  atOnce: number;
  /** How many samples are taken, spread evenly. */
  samples: number;
  onSample?: (sample: Sample) => void;
}

const people = 50;
const mebibyte = 1024 ** 2;

/**
 * Runs so many jobs through one real runtime on a real disk, pictures and operations by turns, each delivered, and
 * samples what the process holds meanwhile. The process needs `--expose-gc`.
 */
export async function runSoak({ jobs, atOnce, samples, onSample }: SoakOptions): Promise<Sample[]> {
  const [clock, random] = [systemClock, systemRandom];
  const directory = await mkdtemp(join(tmpdir(), "toolcast-soak-"));
  const engine = openSqliteEngine({ file: join(directory, "jobs.sqlite"), clock, random });
  const provider = createScriptedProvider();
  provider.limits = { concurrent: atOnce, startsPerSecond: 10_000, checksPerSecond: 100_000 };
  provider.firstCheckAfterMs = 5;
  const platform = createScriptedSurface();
  const http = createFixtureHttp();
  const runtime = await createRuntime({
    providers: [{ definition: provider.definition, values: {} }],
    engine,
    state: engine.state,
    dataDirectory: directory,
    http,
    clock,
    random,
    policy: { operators: [] },
    secretKey: new Uint8Array(32).fill(7),
    publicUrl: "https://toolcast.example",
  });
  runtime.attach(platform.surface);
  await runtime.start();
  const taken: Sample[] = [];
  try {
    const slice = Math.ceil(jobs / samples);
    for (let done = 0; done < jobs; ) {
      const end = Math.min(jobs, done + slice);
      while (done < end) {
        const count = Math.min(atOnce, end - done);
        await Promise.all(Array.from({ length: count }, (_, n) => one(done + n)));
        done += count;
      }
      await quiet();
      const sample = sampleNow(done);
      taken.push(sample);
      onSample?.(sample);
    }
    return taken;
  } finally {
    await runtime.stop();
    await engine.close();
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  }

  async function one(n: number): Promise<void> {
    if (n % 2 === 0) {
      provider.nextStart("image", { end: "operation", reference: { n } });
    }
    const caller: Caller = {
      id: `chat:${n % people}`,
      name: `Person ${n % people}`,
      locale: n % 3 === 0 ? "zh-CN" : "en",
      place: { surface: "chat", conversation: `room ${n % people}` },
    };
    const reply = await runtime.call({ tool: "image", input: { prompt: `picture ${n}` }, caller, key: `soak-${n}` });
    if (reply.type !== "job") {
      throw new Error(`Expected a job, got ${JSON.stringify(reply)}`);
    }
    for (;;) {
      const job = await engine.read(reply.job.id);
      if (job?.notices.length !== 0 && job?.notices.every(({ state }) => state === "sent")) {
        if (job.state.phase !== "succeeded") {
          throw new Error(`A job ended as ${job.state.phase}`);
        }
        return;
      }
      await pause(20);
    }
  }

  /** What the doubles remember is not the product's. */
  async function quiet(): Promise<void> {
    for (const list of [provider.starts, provider.checks, platform.posted, platform.tries, platform.updates]) {
      list.length = 0;
    }
    http.downloads.length = 0;
    // Renewals of leases and other short timers end.
    await pause(500);
  }
}

function sampleNow(jobs: number): Sample {
  const { gc } = globalThis;
  if (gc === undefined) {
    throw new Error("Run it with --expose-gc");
  }
  gc();
  gc();
  const { heapUsed, rss } = process.memoryUsage();
  return {
    jobs,
    heapMb: heapUsed / mebibyte,
    residentMb: rss / mebibyte,
    handles: process.getActiveResourcesInfo().length,
  };
}

/** By how much a process may grow in the second half: caches and allocators fill up over the first 1,000 jobs. */
const tolerance = { heapMb: 2, residentMb: 16, handles: 0 };

/** What has grown beyond the tolerance; empty if nothing has. */
export function growthOf(samples: readonly Sample[]): string[] {
  const [first, last] = [samples[Math.ceil(samples.length / 2) - 1]!, samples.at(-1)!];
  return (["heapMb", "residentMb", "handles"] as const).flatMap((name) => {
    const grown = last[name] - first[name];
    return grown > tolerance[name] ? [`${name} grew by ${grown.toFixed(1)} over ${last.jobs - first.jobs} jobs`] : [];
  });
}
