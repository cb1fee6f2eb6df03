import type { Locale, SendEnd } from "@toolcast/core";
import { DiscordAPIError, HTTPError, RateLimitError } from "discord.js";
import { type SentenceName, speak } from "./sentences.ts";

/** How a request to Discord failed, without anything of the request: its address may hold a token. */
export type RestFailure =
  /** Discord said no: nothing was done. */
  | { kind: "refused"; code: number; status: number; words: string }
  | { kind: "limited"; afterMs: number }
  /** Nothing left us. */
  | { kind: "unsent"; reason: string }
  /** It may have been done. */
  | { kind: "unknown"; reason: string };

/** Discord's codes that this adapter acts on. */
export const codes = {
  unknownChannel: 10_003,
  unknownGuild: 10_004,
  unknownMessage: 10_008,
  unknownUser: 10_013,
  unknownWebhook: 10_015,
  unknownInteraction: 10_062,
  tooManyEdits: 30_046,
  openingDirectTooFast: 40_003,
  tooLarge: 40_005,
  alreadyAcknowledged: 40_060,
  followUpsUsed: 40_094,
  missingAccess: 50_001,
  cannotWriteTo: 50_007,
  missingPermission: 50_013,
  invalidWebhookToken: 50_027,
  invalidBody: 50_035,
  threadArchived: 50_083,
  noMutualGuild: 50_278,
  missingHistory: 160_002,
  moderated: 200_000,
  moderatedTitle: 200_001,
} as const;

/** The refusals that close a way for good, and what people are told. */
const closing: Readonly<Record<number, SentenceName>> = {
  [codes.unknownChannel]: "reasonChannelGone",
  [codes.unknownGuild]: "reasonNotThere",
  [codes.unknownMessage]: "reasonMessageGone",
  [codes.unknownUser]: "reasonDirect",
  [codes.unknownWebhook]: "reasonToken",
  [codes.unknownInteraction]: "reasonToken",
  [codes.invalidWebhookToken]: "reasonToken",
  [codes.tooManyEdits]: "reasonEdits",
  [codes.followUpsUsed]: "reasonFollowUps",
  [codes.missingAccess]: "reasonAccess",
  [codes.cannotWriteTo]: "reasonDirect",
  [codes.noMutualGuild]: "reasonDirect",
  [codes.missingPermission]: "reasonPermission",
  [codes.threadArchived]: "reasonThread",
  [codes.missingHistory]: "reasonPermission",
  [codes.moderated]: "reasonModerated",
  [codes.moderatedTitle]: "reasonModerated",
  [codes.tooLarge]: "reasonLarge",
};

/** A new try after Discord could not be reached. */
const unreachableAfterMs = 15_000;
const directTooFastAfterMs = 10 * 60_000;
/** Until an operator has put a new token in place. */
const tokenRefusedAfterMs = 5 * 60_000;

/** Connection errors that come before a byte is sent. */
const unsentCodes = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** A failure of ours that reads as one of Discord's. */
export class SendRefused extends Error {
  readonly failure: RestFailure;
  constructor(failure: RestFailure) {
    super(wordsOf(failure));
    this.name = "SendRefused";
    this.failure = failure;
  }
}

export function readFailure(error: unknown): RestFailure {
  if (error instanceof SendRefused) {
    return error.failure;
  }
  if (error instanceof RateLimitError) {
    const afterMs = Math.max(error.retryAfter, error.sublimitTimeout, error.timeToReset, 100);
    return { kind: "limited", afterMs: Number.isFinite(afterMs) ? afterMs : unreachableAfterMs };
  }
  if (error instanceof DiscordAPIError) {
    const code = Number(error.code);
    return { kind: "refused", code: Number.isFinite(code) ? code : 0, status: error.status, words: error.message };
  }
  if (error instanceof HTTPError) {
    return error.status >= 500
      ? { kind: "unknown", reason: `HTTP ${error.status}` }
      : { kind: "refused", code: 0, status: error.status, words: `HTTP ${error.status}` };
  }
  if (error instanceof Error && error.message.startsWith("Expected token to be set")) {
    // discord.js forgets a token that was refused once, and then refuses by itself.
    return { kind: "refused", code: 0, status: 401, words: "the token is not accepted any more" };
  }
  const code = codeOf(error);
  return unsentCodes.has(code) ? { kind: "unsent", reason: code } : { kind: "unknown", reason: code };
}

/** For the log: what happened, never where. */
export function wordsOf(failure: RestFailure): string {
  switch (failure.kind) {
    case "refused":
      return `Discord ${failure.code || failure.status}: ${failure.words}`;
    case "limited":
      return `Discord asks to wait ${Math.ceil(failure.afterMs)} ms`;
    default:
      return `no answer from Discord (${failure.reason})`;
  }
}

/** What core is told of a failed send; null when nobody knows whether it was done. */
export function sendEndOf(failure: RestFailure, locale: Locale): SendEnd | null {
  switch (failure.kind) {
    case "limited":
      return { end: "later", afterMs: Math.ceil(failure.afterMs), reason: speak("reasonBusy", locale) };
    case "unsent":
      return { end: "later", afterMs: unreachableAfterMs, reason: speak("reasonUnreachable", locale) };
    case "unknown":
      return null;
    case "refused": {
      if (failure.code === codes.openingDirectTooFast) {
        return { end: "later", afterMs: directTooFastAfterMs, reason: speak("reasonBusy", locale) };
      }
      if (failure.status === 401 && failure.code === 0) {
        return { end: "later", afterMs: tokenRefusedAfterMs, reason: speak("reasonUnreachable", locale) };
      }
      const name = closing[failure.code];
      const reason =
        name === undefined
          ? speak("reasonRefused", locale, { code: String(failure.code || failure.status) })
          : speak(name, locale);
      return { end: "closed", reason };
    }
    default:
      return failure satisfies never;
  }
}

function codeOf(error: unknown): string {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; current = current.cause, depth += 1) {
    const { code } = current as { code?: unknown };
    if (typeof code === "string" && /^[A-Z][A-Z_0-9]+$/.test(code)) {
      return code;
    }
  }
  return error instanceof Error ? error.name : "unknown";
}
