import { type Budget, SendError, type SendFailure, type SendReason, sendFailures } from "@toolcast/core/chat";
import { TelegramError } from "telegraf";

export const platformName = "Telegram";
export const failures = sendFailures(platformName);

/**
 * What Telegram accepts from a bot, according to its own guide
 * (https://core.telegram.org/bots/faq#broadcasting-to-users): about one message a second in a chat, with short bursts,
 * 20 a minute in a group, 30 a second in all. The exact limits are unpublished, and `retry_after` is obeyed above all.
 */
export function budgetsOf(chat: number): Budget[] {
  const isGroup = chat < 0;
  return [
    { name: `chat:${chat}`, perWindow: 4, windowMs: 4_000, firm: true },
    ...(isGroup ? [{ name: `group:${chat}`, perWindow: 18, windowMs: 60_000, firm: true }] : []),
    { name: "bot", perWindow: 28, windowMs: 1_000, firm: true },
  ];
}

/** Known refusals, recognised by Telegram's wording: it has no error codes of its own. The first match counts. */
const reasons: readonly [RegExp, SendReason][] = [
  [/blocked by the user|user is deactivated|can't initiate conversation|PEER_ID_INVALID/i, "sending.direct-blocked"],
  [/kicked|not a member|bot was removed/i, "sending.not-there"],
  [/chat not found|chat was deleted|message thread not found|was upgraded/i, "sending.conversation-gone"],
  [/message to edit not found|MESSAGE_ID_INVALID/i, "sending.message-gone"],
  [/can't be edited/i, "sending.answer-closed"],
  [/TOPIC_CLOSED/, "sending.archived"],
  [/not enough rights|have no rights|need administrator|CHAT_WRITE_FORBIDDEN|_FORBIDDEN/i, "sending.not-allowed"],
  [/too big|too large/i, "sending.too-large"],
];

const untilOperatorMs = 5 * 60_000;
const conflictAfterMs = 5_000;

/** How a request to the Bot API failed; does not reveal its parameters. */
export function readFailure(error: unknown): SendFailure {
  if (error instanceof SendError) {
    return error.failure;
  }
  if (!(error instanceof TelegramError)) {
    return failures.connection(error);
  }
  const { code: status, description = "", parameters } = error;
  const facts = { detail: description, status, code: status };
  if (status === 429) {
    return failures.limited((parameters?.retry_after ?? 5) * 1_000);
  }
  if (status >= 500) {
    return failures.unknown(`HTTP ${status}`);
  }
  if (isTokenRefused(error) || /logged out/i.test(description)) {
    return failures.later(untilOperatorMs, facts);
  }
  if (status === 409) {
    return failures.later(conflictAfterMs, facts);
  }
  const reason = status === 413 ? "sending.too-large" : reasons.find(([words]) => words.test(description))?.[1];
  return failures.refused({ ...facts, reason });
}

/** Telegram does not know the token: 404 when it does not even look like one. */
export function isTokenRefused(error: unknown): boolean {
  return (
    error instanceof TelegramError &&
    (error.code === 401 || (error.code === 404 && !/method/i.test(error.description ?? "")))
  );
}

/** Whether Telegram refused a request that contains a file. */
export function isAboutFile(error: unknown): boolean {
  const { method = "" } = (error instanceof TelegramError ? error.on : {}) as { method?: string };
  return /^(editMessageMedia|send(Photo|Video|Animation|Voice|Audio|Document|MediaGroup))$/.test(method);
}

/** The text of a refusal, for the few whose wording matters; empty for any other error. */
export function refusalText(error: unknown): string {
  return error instanceof TelegramError && error.code >= 400 && error.code < 500 ? (error.description ?? "") : "";
}

/** The chat's new id, when its group has become a supergroup. */
export function migratedTo(error: unknown): number | null {
  return (error instanceof TelegramError ? error.parameters?.migrate_to_chat_id : undefined) ?? null;
}
