import { SendError, type SendFailure, type SendReason, sendFailures } from "@toolcast/core/chat";
import { DiscordAPIError, HTTPError, RateLimitError } from "discord.js";

export const failures = sendFailures("Discord");

/** What the bot's own token may send; Discord's limit is 50 a second. Answers to interactions do not count. */
export const botBudget = { name: "bot", perWindow: 40, windowMs: 1_000 };

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

/** The sentence shown to people for each known refusal. */
const reasons: Readonly<Record<number, SendReason>> = {
  [codes.unknownChannel]: "sending.conversation-gone",
  [codes.unknownGuild]: "sending.not-there",
  [codes.unknownMessage]: "sending.message-gone",
  [codes.unknownUser]: "sending.direct-blocked",
  [codes.unknownWebhook]: "sending.answer-closed",
  [codes.unknownInteraction]: "sending.answer-closed",
  [codes.invalidWebhookToken]: "sending.answer-closed",
  [codes.tooManyEdits]: "sending.edits-used",
  [codes.followUpsUsed]: "sending.messages-used",
  [codes.missingAccess]: "sending.not-seen",
  [codes.cannotWriteTo]: "sending.direct-blocked",
  [codes.noMutualGuild]: "sending.direct-blocked",
  [codes.missingPermission]: "sending.not-allowed",
  [codes.threadArchived]: "sending.archived",
  [codes.missingHistory]: "sending.not-allowed",
  [codes.moderated]: "sending.moderated",
  [codes.moderatedTitle]: "sending.moderated",
  [codes.tooLarge]: "sending.too-large",
};

const limitWithoutTimeMs = 15_000;
const directTooFastAfterMs = 10 * 60_000;
/** Gives an operator time to configure a new token. */
const tokenRefusedAfterMs = 5 * 60_000;

export function readFailure(error: unknown): SendFailure {
  if (error instanceof SendError) {
    return error.failure;
  }
  if (error instanceof RateLimitError) {
    const afterMs = Math.max(error.retryAfter, error.sublimitTimeout, error.timeToReset, 100);
    // Other limits apply to one route, and requests on other routes do not wait for them.
    return failures.limited(
      Number.isFinite(afterMs) ? afterMs : limitWithoutTimeMs,
      error.global ? botBudget.name : null,
    );
  }
  if (error instanceof DiscordAPIError) {
    const code = Number.isFinite(Number(error.code)) ? Number(error.code) : 0;
    return refusal({ code, status: error.status, detail: error.message });
  }
  if (error instanceof HTTPError) {
    const detail = `HTTP ${error.status}`;
    return error.status >= 500 ? failures.unknown(detail) : refusal({ code: 0, status: error.status, detail });
  }
  return failures.connection(error);
}

function refusal(facts: { code: number; status: number; detail: string }): SendFailure {
  if (facts.code === codes.openingDirectTooFast) {
    return failures.later(directTooFastAfterMs, { ...facts, reason: "sending.busy" });
  }
  if (facts.status === 401 && facts.code === 0) {
    return failures.later(tokenRefusedAfterMs, facts);
  }
  return failures.refused({ ...facts, reason: reasons[facts.code] });
}
