import { z } from "zod";
import type { Sentence } from "../../messages/sentence.ts";
import { toMillionths } from "../../money.ts";
import type { Charge, Price } from "../operation.ts";

/** What the vendor counts: pictures, seconds of video, characters of speech, voices made. */
export type Counted = "images" | "seconds" | "characters" | "voices";

/** What an operator says that one model costs. */
export interface Rate {
  /** For one picture, one second of video, 10,000 characters of speech or one voice. */
  amount: number;
  /** The currency, e.g. `CNY`. */
  unit: string;
}

/** Rates by model. The vendor has no price list that could be asked for. */
export type Rates = Readonly<Record<string, Rate>>;

export const ratesSchema = z.record(
  z.string().min(1),
  z.strictObject({ amount: z.number().nonnegative(), unit: z.string().trim().min(1).max(20) }),
);

/** How many of what is counted one rate pays for. */
const countedAtOnce: Record<Counted, number> = { images: 1, seconds: 1, characters: 10_000, voices: 1 };

/** What `quantity` will cost; unknown without a rate, or when the quantity is not known yet. */
export function priceOf(
  rates: Rates,
  what: { model: string; counted: Counted; quantity: number | undefined; dependsOn: Sentence },
): Price {
  const rate = rateOf(rates, what.model);
  if (rate === undefined || what.quantity === undefined) {
    return { known: false, dependsOn: what.dependsOn, ...(rate === undefined ? {} : { unit: rate.unit }) };
  }
  return { known: true, amount: costOf(rate, what.counted, what.quantity), unit: rate.unit };
}

/** What the vendor counted: in the operator's currency where a rate is known, else as it was counted. */
export function chargeOf(
  rates: Rates,
  what: { model: string; counted: Counted; quantity: number | undefined },
): Charge {
  const rate = rateOf(rates, what.model);
  const { quantity, counted } = what;
  if (quantity === undefined) {
    return { unit: rate?.unit ?? counted };
  }
  return rate === undefined
    ? { amount: quantity, unit: counted }
    : { amount: costOf(rate, counted, quantity), unit: rate.unit };
}

function rateOf(rates: Rates, model: string): Rate | undefined {
  return Object.hasOwn(rates, model) ? rates[model] : undefined;
}

function costOf(rate: Rate, counted: Counted, quantity: number): number {
  return toMillionths((rate.amount * quantity) / countedAtOnce[counted]);
}
