import { percentile } from "./statistics.ts";

/** Performs one operation and returns how long what it measures took, in milliseconds. */
export type Act = () => Promise<number>;

/** What a round of a closed loop measured. */
export interface Round {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
}

/** So many callers at once, each beginning its next operation when its last one has ended, for about so long. */
export async function closedLoop(act: Act, { callers, forMs }: { callers: number; forMs: number }): Promise<Round> {
  const taken: number[] = [];
  const began = performance.now();
  await Promise.all(
    Array.from({ length: callers }, async () => {
      do {
        taken.push(await act());
      } while (performance.now() - began < forMs);
    }),
  );
  const seconds = (performance.now() - began) / 1_000;
  return { perSecond: taken.length / seconds, p50Ms: percentile(taken, 0.5), p99Ms: percentile(taken, 0.99) };
}

/** Times the whole of an operation. */
export const timed =
  (operation: () => Promise<unknown>): Act =>
  async () => {
    const began = performance.now();
    await operation();
    return performance.now() - began;
  };
