import type { Random } from "@toolcast/core/engine";

/** Repeatable random numbers: equal seeds give equal sequences (mulberry32). */
export function createSeededRandom(seed = 1): Random {
  let state = seed >>> 0;

  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  return {
    bytes: (count) => Uint8Array.from({ length: count }, () => next() & 0xff),
    integer: (limit) => Math.floor((next() / 2 ** 32) * limit),
  };
}
