import { randomBytes, randomFillSync, randomInt } from "node:crypto";

/** Randomness, passed in as a dependency: tests are repeatable. */
export interface Random {
  /** `count` unpredictable bytes. */
  bytes(count: number): Uint8Array;
  /** An integer from 0 (inclusive) to `limit` (exclusive). */
  integer(limit: number): number;
}

/** Bytes drawn at once: to draw a few takes as long as to draw all of these, and every request draws several times. */
const reserve = new Uint8Array(1_024);
let used = reserve.length;

/** Bytes that are given out once and then no longer kept. */
function fromReserve(count: number): Uint8Array {
  if (used + count > reserve.length) {
    randomFillSync(reserve);
    used = 0;
  }
  const bytes = reserve.slice(used, used + count);
  reserve.fill(0, used, used + count);
  used += count;
  return bytes;
}

/** The machine's own cryptographic source. */
export const systemRandom: Random = {
  bytes: (count) => (count <= 32 ? fromReserve(count) : new Uint8Array(randomBytes(count))),
  integer: (limit) => randomInt(limit),
};

/** An identifier nobody can guess: a prefix that says what it names and 128 random bits in base64url. */
export function randomId(random: Random, prefix: string): string {
  return `${prefix}_${Buffer.from(random.bytes(16)).toString("base64url")}`;
}
