import { type Budget, SendError, type SendFailure, type SendReason, sendFailures } from "@toolcast/core/chat";

export const failures = sendFailures("Slack");

const minuteMs = 60_000;

/** Messages: one a second in a channel, several hundred a minute in a workspace. */
export function postBudgets(channel: string): Budget[] {
  return [
    { name: `post:${channel}`, perWindow: 1, windowMs: 1_000 },
    { name: "posts", perWindow: 250, windowMs: minuteMs },
  ];
}

/** Calls a minute of each method, by Slack's tiers, minus some for other programs that use the same app. */
const perMinute = {
  update: 48,
  read: 48,
  view: 95,
  person: 95,
  groups: 18,
  upload: 95,
  file: 95,
} as const;

export function methodBudget(method: keyof typeof perMinute): Budget[] {
  return [{ name: method, perWindow: perMinute[method], windowMs: minuteMs }];
}

/** The sentence shown to people for each known refusal. */
const reasons: Readonly<Record<string, SendReason>> = {
  not_in_channel: "sending.not-there",
  channel_not_found: "sending.not-there",
  is_archived: "sending.archived",
  is_inactive: "sending.archived",
  channel_is_archived: "sending.archived",
  message_not_found: "sending.message-gone",
  thread_not_found: "sending.message-gone",
  cant_update_message: "sending.answer-closed",
  edit_window_closed: "sending.edits-used",
  missing_scope: "sending.not-allowed",
  restricted_action: "sending.not-allowed",
  restricted_action_read_only_channel: "sending.not-allowed",
  restricted_action_thread_only_channel: "sending.not-allowed",
  posting_to_channel_denied: "sending.not-allowed",
  user_not_in_channel: "sending.not-there",
  messages_tab_disabled: "sending.direct-blocked",
  user_disabled: "sending.direct-blocked",
  user_not_found: "sending.direct-blocked",
  user_not_visible: "sending.direct-blocked",
  cannot_dm_bot: "sending.direct-blocked",
  token_revoked: "sending.removed",
  account_inactive: "sending.removed",
  file_deleted: "sending.files-deleted",
};

/** Slack gave up in the middle, so it may have been done. */
export const unclear: ReadonlySet<unknown> = new Set([
  "internal_error",
  "fatal_error",
  "service_unavailable",
  "request_timeout",
  "team_added_to_org",
]);
/** Gives an operator time to configure a new token. */
const tokenProblems = new Set(["invalid_auth", "not_authed", "token_expired"]);
const tokenRefusedAfterMs = 5 * minuteMs;

/** Codes that this adapter acts on. */
export const codes = {
  expiredTrigger: "expired_trigger_id",
  fileDeleted: "file_deleted",
  fileNotFound: "file_not_found",
  fileNotUploaded: "file_update_failed",
  fileNotVisible: "not_visible",
  missingScope: "missing_scope",
} as const;

/** The useful fields of what the library throws. */
interface Thrown {
  code?: unknown;
  data?: { error?: unknown; needed?: unknown };
  statusCode?: unknown;
  retryAfter?: unknown;
  /** From core's HTTP client: whether a byte may have been sent. */
  sent?: unknown;
}

export function readFailure(error: unknown): SendFailure {
  if (error instanceof SendError) {
    return error.failure;
  }
  const { code, data, statusCode, retryAfter, sent } = (error ?? {}) as Thrown;
  switch (code) {
    case "slack_webapi_rate_limited_error":
      return failures.limited(Math.max(1, Number(retryAfter) || 30) * 1_000);
    case "slack_webapi_platform_error":
      return refusal(String(data?.error ?? "unknown"), data?.needed);
    case "slack_webapi_http_error": {
      const status = Number(statusCode);
      const detail = `HTTP ${status}`;
      return status >= 500 ? failures.unknown(detail) : failures.refused({ detail, status });
    }
    default:
      return sent === false
        ? failures.later(15_000, { detail: "not reached", reason: "sending.unreachable" })
        : failures.connection(error);
  }
}

function refusal(code: string, needed: unknown): SendFailure {
  if (code === "ratelimited" || code === "rate_limited" || code === "message_limit_exceeded") {
    return failures.limited(30_000);
  }
  if (unclear.has(code)) {
    return failures.unknown(code);
  }
  const detail = typeof needed === "string" ? `${code} (${needed})` : code;
  return tokenProblems.has(code)
    ? failures.later(tokenRefusedAfterMs, { detail, code })
    : failures.refused({ detail, code, reason: reasons[code] });
}

/** The workspace has removed the app or revoked its token. */
export function removed(): SendFailure {
  return failures.refused({ detail: "the app was removed", code: "token_revoked", reason: "sending.removed" });
}

/** Slack's own code for a refusal; undefined for any other error. */
export function codeOf(error: unknown): string | undefined {
  const failure = readFailure(error);
  return failure.kind === "refused" || failure.kind === "later" ? String(failure.code ?? "") : undefined;
}
