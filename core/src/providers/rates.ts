import { z } from "zod";
import { toMillionths } from "../ground/millionths.ts";
import { parseJson } from "../ground/parse-json.ts";
import { type Sentence, say } from "../messages/sentence.ts";
import type { Charge, Price } from "./operation.ts";
import { optionalText } from "./setting-schema.ts";

/** What a vendor counts: pictures, seconds of video, characters of speech, voices made. */
export type Counted = "images" | "seconds" | "characters" | "voices";

/** The price of one unit, as set by an operator. */
export interface Rate {
  /** For one picture, one second of video, 10,000 characters of speech or one voice. */
  amount: number;
  /** The currency, e.g. `CNY`. */
  unit: string;
}

/** Rates by what they are for. The vendors offer no price lists to read them from. */
export type Rates = Readonly<Record<string, Rate>>;

const rateSchema = z.strictObject({ amount: z.number().nonnegative(), unit: z.string().trim().min(1).max(20) });

/** A setting of rates as a JSON object, for any name (such as models) or only for these names; empty if unset. */
export function ratesSetting(
  variable: string,
  complaint: "provider.setting.prices" | "provider.setting.xjc-prices",
  names?: readonly string[],
) {
  const known = names === undefined ? z.string().min(1) : z.enum(names);
  const schema = z.partialRecord(known, rateSchema);
  return optionalText().transform((text, context): Rates => {
    const parsed = schema.safeParse(parseJson(text ?? "{}"));
    if (parsed.success) {
      return parsed.data as Rates;
    }
    const sentence = { key: complaint, values: { variable } } as const;
    context.addIssue({ code: "custom", message: say(sentence, "en"), params: { sentence } });
    return z.NEVER;
  });
}

/** How many counted units one rate covers. */
const countedAtOnce: Record<Counted, number> = { images: 1, seconds: 1, characters: 10_000, voices: 1 };

/** What `quantity` will cost; unknown without a rate, or if the quantity is not known yet. */
export function priceOf(
  rates: Rates,
  what: { of: string; counted: Counted; quantity: number | undefined; dependsOn: Sentence },
): Price {
  const rate = rateOf(rates, what.of);
  const { quantity, counted, dependsOn } = what;
  if (rate === undefined) {
    return {
      known: false,
      dependsOn,
      ...(quantity === undefined ? {} : { counted: { amount: quantity, unit: counted } }),
    };
  }
  return quantity === undefined
    ? { known: false, dependsOn, unit: rate.unit }
    : { known: true, amount: costOf(rate, counted, quantity), unit: rate.unit };
}

/** The charge for what the vendor counted: in the operator's currency if a rate is known, otherwise as a quantity. */
export function chargeOf(rates: Rates, what: { of: string; counted: Counted; quantity: number | undefined }): Charge {
  const rate = rateOf(rates, what.of);
  const { quantity, counted } = what;
  if (quantity === undefined) {
    return { unit: rate?.unit ?? counted };
  }
  return rate === undefined
    ? { amount: quantity, unit: counted }
    : { amount: costOf(rate, counted, quantity), unit: rate.unit };
}

function rateOf(rates: Rates, name: string): Rate | undefined {
  return Object.hasOwn(rates, name) ? rates[name] : undefined;
}

function costOf(rate: Rate, counted: Counted, quantity: number): number {
  return toMillionths((rate.amount * quantity) / countedAtOnce[counted]);
}
