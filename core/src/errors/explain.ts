import type { LocalizedText } from "../ground/locale.ts";
import type { CatalogEntry } from "./catalog/entry.ts";
import { catalogEntries, chooseByMessage, entriesWithCode } from "./catalog.ts";
import {
  type ExplainContext,
  noSign,
  onlyMeaning,
  signsIn,
  statusAlone,
  type TextEvidence,
  weigh,
} from "./explain/evidence.ts";
import { findMentions, type Mention, type MentionKind } from "./explain/mentions.ts";
import { describeUnknown, reasonForUnknown, type UnknownCode } from "./explain/unknown-code.ts";

export type { ExplainContext } from "./explain/evidence.ts";
export type { UnknownCode } from "./explain/unknown-code.ts";

/** One reading of one code in a text. */
export interface Explanation {
  /** The catalogue's entry; `null` for a code no table has. */
  entry: CatalogEntry | null;
  /** What in the input was read as the code. */
  matchedText: string;
  /** Larger is likelier; comparable within one answer only. */
  score: number;
  /** Why this reading, and why at this place in the order. */
  reason: LocalizedText;
  /** Given where `entry` is `null`. */
  unknown?: UnknownCode;
}

const certainty: Record<MentionKind, number> = {
  whole: 60,
  labelled: 50,
  phrase: 45,
  bracketed: 40,
  http: 25,
  plain: 10,
};

/** A reading this much weaker than the best one of the same code is left out. */
const hopeless = 30;
/** Further readings of a code stand behind the first readings of the others. */
const alternativePenalty = 15;
/** A status says little about the code; only so many of the codes that come with it are shown. */
const maxOfStatus = 4;
/** Longer inputs are read at both ends only, in characters. */
const maxInput = 4_000_000;

/**
 * What an error code, or anything pasted that holds some, means: every code of it, likeliest reading first. Reads in
 * time linear in the input and never throws. An input without any code gives an empty list; an empty input explains
 * the caller's last failure.
 */
export function explain(input: string, context: ExplainContext = {}): Explanation[] {
  const text = shorten(typeof input === "string" ? input : "");
  if (text.trim() === "") {
    return context.lastFailure === undefined ? [] : ofLastFailure(context.lastFailure, context);
  }
  const evidence: TextEvidence = { text, signs: signsIn(text) };
  const mentions = findMentions(text);
  const explained = mentions.flatMap((mention) => readingsOf(mention, evidence, context, mentions));
  return explained.sort((one, other) => other.score - one.score);
}

function shorten(input: string): string {
  const text =
    input.length <= maxInput ? input : `${input.slice(0, maxInput / 2)}\n${input.slice(-maxInput / 2)}`.toWellFormed();
  return withoutColours(text.length <= 4000 ? text.normalize("NFKC").replaceAll("\u0000", " ") : text);
}

/** What a terminal coloured: the marks stand where a code's own neighbours would, as bytes or as a log escapes them. */
function withoutColours(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
  return text.replaceAll(/(?:\u001b|\u009b|\\x1b|\\u001b|\\033|\\e)\[?[\d;]*m/gi, "");
}

function ofLastFailure(last: { provider: string; code: string }, context: ExplainContext): Explanation[] {
  const mention: Mention = { kind: "whole", code: last.code, matchedText: last.code, index: 0 };
  const evidence: TextEvidence = { text: last.code, signs: new Map() };
  return readingsOf(mention, evidence, { ...context, provider: last.provider }, [mention]);
}

function readingsOf(
  mention: Mention,
  evidence: TextEvidence,
  context: ExplainContext,
  mentions: readonly Mention[],
): Explanation[] {
  const candidates = candidatesFor(mention, evidence, context);
  if (candidates.length === 0) {
    return isWorthSaying(mention, mentions) ? [unknown(mention, evidence, context)] : [];
  }
  const readings = candidates
    .map((entry) => {
      const weighed = weigh(entry, mention.index, evidence, context);
      const words = mention.provider === entry.provider ? 45 : 0;
      // A success beside failures is what the failures are compared with, not what is asked about.
      const calm = entry.category === "success" && mentions.length > 1 ? -70 : 0;
      return { entry, weighed, score: certainty[mention.kind] + weighed.weight + words + calm };
    })
    .sort((one, other) => other.score - one.score);
  const best = readings[0]?.score ?? 0;
  const left = readings.filter(({ score }) => score > best - hopeless);
  return left.map(({ entry, weighed, score }, place) => ({
    entry,
    matchedText: mention.matchedText,
    score: place === 0 ? score : score - alternativePenalty,
    reason: weighed.reason === noSign ? reasonWithoutSign(mention, left.length) : weighed.reason,
  }));
}

function reasonWithoutSign({ kind }: Mention, readings: number): LocalizedText {
  return kind === "http" ? statusAlone : readings === 1 ? onlyMeaning : noSign;
}

/** The entries a mention can stand for; of rows with one code only the one its words speak for, where they do. */
function candidatesFor(mention: Mention, evidence: TextEvidence, context: ExplainContext): CatalogEntry[] {
  const byCode = entriesWithCode(mention.code);
  const around = evidence.text.slice(Math.max(0, mention.index - 300), mention.index + 600);
  const rows = Map.groupBy(byCode, (entry) => `${entry.provider} ${entry.layer}`);
  const chosen = [...rows.values()].flatMap((group) => {
    const spoken = group.filter(({ message }) => message && around.toLowerCase().includes(message.toLowerCase()));
    const one = spoken.length > 0 ? chooseByMessage(spoken, around) : undefined;
    return one === undefined ? group : [one];
  });
  const all = mention.kind === "http" ? [...chosen, ...withStatus(mention, evidence, context)] : chosen;
  // An everyday word such as "Conflict" is a code only where its vendor is spoken of.
  const sure = mention.kind !== "plain" || /^\d/.test(mention.code);
  return all.filter(
    ({ provider }) =>
      (context.provider === undefined || context.provider === provider) &&
      (sure || context.provider === provider || evidence.signs.has(provider)),
  );
}

/** A bare status stands for the codes a vendor sends with it; where the text names a code, the code is enough. */
function withStatus(mention: Mention, evidence: TextEvidence, context: ExplainContext): CatalogEntry[] {
  const status = Number(mention.code);
  const others = evidence.signs.size > 0 && !evidence.signs.has("dashscope") && context.provider !== "dashscope";
  if (others) {
    return [];
  }
  return catalogEntries()
    .filter((entry) => entry.layer === "api" && entry.source === "document" && entry.httpStatus === status)
    .slice(0, maxOfStatus);
}

/** A number nobody knows is worth a word where the text calls it a code and no better code is there. */
function isWorthSaying(mention: Mention, mentions: readonly Mention[]): boolean {
  if (mention.kind === "http") {
    return !mentions.some(
      (other) => other !== mention && other.kind !== "plain" && entriesWithCode(other.code).length > 0,
    );
  }
  return mention.kind === "whole" || mention.kind === "labelled";
}

function unknown(mention: Mention, evidence: TextEvidence, context: ExplainContext): Explanation {
  return {
    entry: null,
    matchedText: mention.matchedText,
    score: certainty[mention.kind] / 2,
    reason: reasonForUnknown(mention.code, context.provider),
    unknown: describeUnknown(mention.code, context, evidence.signs),
  };
}
