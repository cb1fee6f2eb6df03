import { z } from "zod";
import { toMillionths } from "../ground/millionths.ts";
import { parseJson } from "../ground/parse-json.ts";
import { type Sentence, say } from "../messages/sentence.ts";
import type { Charge, Price } from "./operation.ts";
import { optionalText } from "./setting-schema.ts";

/** What a vendor counts: pictures, seconds of video, characters of speech, voices made. Tokens are counted by kind. */
export type Counted = "images" | "seconds" | "characters" | "voices";

/** The price of one unit, as set by an operator. */
export interface Rate {
  /** For one picture, one second of video, 10,000 characters of speech or one voice. */
  amount: number;
  /** The currency, e.g. `CNY`. */
  unit: string;
}

/** The price of a language model, whose two kinds of tokens differ in price. */
export interface TokenRate {
  /** For 1,000,000 tokens that are sent: instructions, dialogue and question. */
  prompt: number;
  /** For 1,000,000 tokens of answers. */
  completion: number;
  /** The currency, e.g. `CNY`. */
  unit: string;
}

/** Rates by what they are for. The vendors offer no price lists to read them from. */
export type Rates = Readonly<Record<string, Rate | TokenRate>>;

const amount = z.number().nonnegative();
const unit = z.string().trim().min(1).max(20);
const rateSchema = z.strictObject({ amount, unit });
const tokenRateSchema = z.strictObject({ prompt: amount, completion: amount, unit });

/** Which rates a setting may have: of media, of tokens, or both, for any name (such as models) or only for these names. */
interface RatesRule {
  complaint: "provider.setting.prices" | "provider.setting.token-prices" | "provider.setting.xjc-prices";
  kinds: "media" | "tokens" | "both";
  /** Default: any name. */
  names?: readonly string[];
}

/** A setting of rates as a JSON object; empty if unset. */
export function ratesSetting(variable: string, { complaint, kinds, names }: RatesRule) {
  const known = names === undefined ? z.string().min(1) : z.enum(names);
  const one = { media: rateSchema, tokens: tokenRateSchema, both: z.union([rateSchema, tokenRateSchema]) }[kinds];
  const schema = z.partialRecord(known, one);
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

/** What answering may cost at most: the tokens that are sent, about, and the longest answer; in tokens without a rate. */
export function tokenPrice(rates: Rates, what: { of: string; prompt: number; mostCompletion: number }): Price {
  const rate = tokenRateOf(rates, what.of);
  const { prompt, mostCompletion } = what;
  return rate === undefined
    ? { known: true, atMost: true, amount: prompt + mostCompletion, unit: "tokens" }
    : { known: true, atMost: true, amount: costOfTokens(rate, prompt, mostCompletion), unit: rate.unit };
}

/** The unit in which a model's answers are charged. */
export function tokenUnit(rates: Rates, of: string): string {
  return tokenRateOf(rates, of)?.unit ?? "tokens";
}

/** The tokens that a vendor counted, as far as it said. */
export type TokenUsage = Partial<Record<"prompt" | "completion" | "total", number>>;

/** The charge for the tokens that the vendor counted: in the operator's currency if a rate is known, otherwise in tokens. */
export function tokenCharge(rates: Rates, what: { of: string; usage: TokenUsage | undefined }): Charge {
  const rate = tokenRateOf(rates, what.of);
  const { prompt, completion, total } = what.usage ?? {};
  if (rate === undefined) {
    return total === undefined ? { unit: "tokens" } : { amount: total, unit: "tokens" };
  }
  return prompt === undefined || completion === undefined
    ? { unit: rate.unit }
    : { amount: costOfTokens(rate, prompt, completion), unit: rate.unit };
}

const tokensAtOnce = 1_000_000;

function costOfTokens(rate: TokenRate, prompt: number, completion: number): number {
  return toMillionths((rate.prompt * prompt + rate.completion * completion) / tokensAtOnce);
}

function rateOf(rates: Rates, name: string): Rate | undefined {
  const rate = Object.hasOwn(rates, name) ? rates[name] : undefined;
  return rate !== undefined && "amount" in rate ? rate : undefined;
}

function tokenRateOf(rates: Rates, name: string): TokenRate | undefined {
  const rate = Object.hasOwn(rates, name) ? rates[name] : undefined;
  return rate !== undefined && "prompt" in rate ? rate : undefined;
}

function costOf(rate: Rate, counted: Counted, quantity: number): number {
  return toMillionths((rate.amount * quantity) / countedAtOnce[counted]);
}
