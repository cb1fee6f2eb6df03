import { ToolcastError } from "../errors/errors.ts";
import { type Clock, sleep } from "../ground/clock.ts";
import { type Random, randomId } from "../ground/random.ts";
import type { JobEngine } from "./engine.ts";

/**
 * Longer than any work done under a lock takes; a process that dies with the lock blocks others no longer than this.
 */
const lockTtlMs = 30_000;
const askAgainMs = 50;

/** Runs work that no two processes may do at the same time. */
export async function runExclusively<Result>(
  options: { engine: JobEngine; clock: Clock; random: Random },
  name: string,
  work: () => Promise<Result>,
  waitMs = 10_000,
): Promise<Result> {
  const { engine, clock, random } = options;
  const holder = randomId(random, "holder");
  const giveUpAt = clock.monotonic() + waitMs;
  while (!(await engine.lock(name, holder, lockTtlMs))) {
    if (clock.monotonic() >= giveUpAt) {
      throw new ToolcastError(`The lock ${name} was not free within ${waitMs} ms`, {
        kind: "unreachable",
        sentence: { key: "failure.internal" },
        charged: "no",
        retry: { kind: "later" },
      });
    }
    await sleep(clock, askAgainMs);
  }
  try {
    return await work();
  } finally {
    await engine.unlock(name, holder);
  }
}
