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
  /** The catalogue's entry; `null` for a code in no table. */
  entry: CatalogEntry | null;
  /** The part of the input that was read as the code. */
  matchedText: string;
  /** Larger means likelier; comparable only within one answer. */
  score: number;
  /** The reason for this reading and its rank. */
  reason: LocalizedText;
  /** Present if `entry` is `null`. */
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

/** A reading that is weaker than the best one of the same code by this much is left out. */
const hopeless = 30;
/** Further readings of a code rank below the first readings of the others. */
const alternativePenalty = 15;
/** How many codes are shown for a status, which says little about the code. */
const maxOfStatus = 4;
/** Of longer inputs only both ends are read; in characters. */
const maxInput = 4_000_000;

/**
 * Explains an error code, or every code in a pasted text, likeliest reading first. Takes linear time and never throws.
 * An input without any code gives an empty list; an empty input explains the caller's last failure.
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

/** Removes terminal colours, as bytes or as escaped in a log: they would separate a code from its context. */
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
      const ownWording = mention.provider === entry.provider ? 45 : 0;
      // A success beside failures is probably not what was asked about.
      const calm = entry.category === "success" && mentions.length > 1 ? -70 : 0;
      return { entry, weighed, score: certainty[mention.kind] + weighed.weight + ownWording + calm };
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

/**
 * The entries that a mention may refer to; of several rows with one code, only the one that matches its words, if any
 * does.
 */
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
  // An everyday word such as "Conflict" is a code only if its vendor is mentioned.
  const sure = mention.kind !== "plain" || /^\d/.test(mention.code);
  return all.filter(
    ({ provider }) =>
      (context.provider === undefined || context.provider === provider) &&
      (sure || context.provider === provider || evidence.signs.has(provider)),
  );
}

/** The codes that DashScope documents for a bare HTTP status; none if the text or the person names another vendor. */
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

/** Whether to mention an unknown number: if the text calls it a code and contains no better one. */
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
