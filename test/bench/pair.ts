import { type Act, closedLoop, type Round } from "./closed-loop.ts";
import type { Effort } from "./row.ts";
import { type Spread, spreadOf } from "./statistics.ts";

/** The same rounds on both sides. */
export interface Compared {
  ours: Round[];
  bare: Round[];
}

/**
 * Runs both sides alternately, so that whatever else the machine does meets both, and beginning with another one each
 * time. They are warm before the first round.
 */
export async function compare(
  { ours, bare }: { ours: Act; bare: Act },
  { callers, effort }: { callers: number; effort: Effort },
): Promise<Compared> {
  const compared: Compared = { ours: [], bare: [] };
  const sides = [
    { act: ours, rounds: compared.ours },
    { act: bare, rounds: compared.bare },
  ];
  for (const { act } of sides) {
    await closedLoop(act, { callers, forMs: effort.warmUpMs });
  }
  for (let round = 0; round < effort.rounds; round += 1) {
    for (const { act, rounds } of round % 2 === 0 ? sides : sides.toReversed()) {
      rounds.push(await closedLoop(act, { callers, forMs: effort.roundMs }));
    }
  }
  return compared;
}

/** Ours by theirs within each round. */
export function ratioOf({ ours, bare }: Compared, measure: keyof Round): Spread {
  return spreadOf(ours.map((round, index) => round[measure] / (bare[index] as Round)[measure]));
}

export const medianOf = (rounds: readonly Round[], measure: keyof Round) =>
  spreadOf(rounds.map((round) => round[measure])).median;

/** Of a ratio of times: how fast ours are by theirs. */
export function inverse({ median, least, most }: Spread): Spread {
  return { median: 1 / median, least: 1 / most, most: 1 / least };
}
