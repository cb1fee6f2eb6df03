import type { Clock } from "@toolcast/core/engine";

const discordEpochMs = 1_420_070_400_000n;
const bitsBelowTime = 22n;

/** Ids as Discord makes them: they contain the time of the clock passed in, and later ids are greater. */
export interface Snowflakes {
  next(): string;
}

export function createSnowflakes(clock: Clock): Snowflakes {
  let last = 0n;
  return {
    next() {
      const earliest = (BigInt(clock.now()) - discordEpochMs) << bitsBelowTime;
      last = earliest > last ? earliest : last + 1n;
      return String(last);
    },
  };
}

export function isSnowflake(text: unknown): text is string {
  return typeof text === "string" && /^(0|[1-9][0-9]{0,19})$/.test(text);
}
