import { appendFileSync } from "node:fs";
import { createFastClock } from "./fast-clock.ts";
import type { World } from "./settings.ts";

/** A period in which a process of the run was not given the machine; instants are those of a correct clock. */
export interface LagLine {
  pid: number;
  from: number;
  to: number;
  /** How much later than asked its event loop came round, in real milliseconds. */
  lagMs: number;
}

const everyMs = 100;
/** Less is usual: garbage collection, or a large record. */
const leastLagMs = 400;

/** Notes every time that this process's event loop comes round much too late. Never keeps the process alive. */
export function watchLag(world: World): void {
  const clock = createFastClock(world);
  let lookedAt = performance.now();
  let from = clock.now();
  setInterval(() => {
    const lagMs = Math.round(performance.now() - lookedAt - everyMs);
    const to = clock.now();
    if (lagMs >= leastLagMs) {
      appendFileSync(world.lagFile, `${JSON.stringify({ pid: process.pid, from, to, lagMs } satisfies LagLine)}\n`);
    }
    lookedAt = performance.now();
    from = to;
  }, everyMs).unref();
}
