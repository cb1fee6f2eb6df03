import { randomBytes, randomInt } from "node:crypto";

/** Randomness, passed in as a dependency: tests are repeatable. */
export interface Random {
  /** `count` unpredictable bytes. */
  bytes(count: number): Uint8Array;
  /** An integer from 0 (inclusive) to `limit` (exclusive). */
  integer(limit: number): number;
}

/** The machine's own cryptographic source. */
export const systemRandom: Random = {
  bytes: (count) => new Uint8Array(randomBytes(count)),
  integer: (limit) => randomInt(limit),
};

/** An identifier nobody can guess: a prefix that says what it names and 128 random bits in base64url. */
export function randomId(random: Random, prefix: string): string {
  return `${prefix}_${Buffer.from(random.bytes(16)).toString("base64url")}`;
}
