import type { Act } from "./closed-loop.ts";
import { measured } from "./notation.ts";
import { compare, inverse, medianOf, ratioOf } from "./pair.ts";
import type { Effort, Row } from "./row.ts";

/** What is left out is shown without a goal. */
interface ChatGoals {
  /** Of the median time until the acknowledgement, theirs by ours. */
  acknowledged?: number;
  /** Of its 99th percentile, ours by theirs. */
  p99?: number;
  /** Of commands answered each second, ours by theirs. */
  answered?: number;
}

interface ChatPair {
  /**
   * Performs one command of somebody and returns how long its acknowledgement took. It ends when they see the answer: what
   * remains to be done after the acknowledgement never falls into the other side's time.
   */
  ours: Act;
  bare: Act;
  effort: Effort;
  goals: ChatGoals;
  /** What an acknowledgement is here: `interaction to deferred answer`. */
  first: string;
  /** What is over when nobody waits any more: `whole commands with their answers`. */
  whole: string;
  /** Where the time until our acknowledgement goes. */
  profile?: string;
  /** Where the time of a whole command goes. */
  wholeProfile?: string;
  /** What else the other side does, if it is not bare: `beside a bot that stores`. */
  beside?: string;
}

const atOnce = [1, 10, 32];

const causes = {
  acknowledged:
    "An acknowledgement waits for the commit that makes its request durable; the bare bot stores nothing. One at a time, that fsync alone is longer than all that the bare bot does, and the one that ends the command before often comes first. Of many at once, all that wait share a commit.",
  answered:
    "A whole command is stored when it is taken, and again as its answer is shown and sent; the bare bot stores nothing.",
};

/** The lines about one chat platform. */
export async function chatRows(pair: ChatPair): Promise<Omit<Row, "group">[]> {
  const { ours, bare, effort, goals, first, whole, profile, wholeProfile, beside } = pair;
  const at = (callers: number) => `${callers} at once${beside === undefined ? "" : `, ${beside}`}`;
  const rows: Omit<Row, "group">[] = [];
  const because = (cause: string, more?: string) => [cause, ...(more === undefined ? [] : [more])].join(" ");
  const acknowledged = because(causes.acknowledged, profile);
  const answered = because(causes.answered, wholeProfile);
  for (const callers of atOnce) {
    const compared = await compare({ ours, bare }, { callers, effort });
    const both = (measure: "p50Ms" | "p99Ms" | "perSecond", unit: "ms" | "per second") => ({
      unit: "ratio" as const,
      ours: measured(medianOf(compared.ours, measure), unit),
      bare: measured(medianOf(compared.bare, measure), unit),
    });
    rows.push(
      {
        ...both("p50Ms", "ms"),
        what: `${first}, ${at(callers)}`,
        value: inverse(ratioOf(compared, "p50Ms")),
        ...(goals.acknowledged === undefined ? {} : { goal: { atLeast: goals.acknowledged } }),
        cause: acknowledged,
      },
      {
        ...both("p99Ms", "ms"),
        what: "its 99th percentile",
        value: ratioOf(compared, "p99Ms"),
        ...(goals.p99 === undefined ? {} : { goal: { atMost: goals.p99 } }),
        cause: acknowledged,
      },
      {
        ...both("perSecond", "per second"),
        what: `${whole}, ${at(callers)}`,
        value: ratioOf(compared, "perSecond"),
        ...(goals.answered === undefined ? {} : { goal: { atLeast: goals.answered } }),
        cause: answered,
      },
    );
  }
  return rows;
}
