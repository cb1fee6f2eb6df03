import type { HttpAnswer } from "./http.ts";

/** An answer's status, and for how long it asks not to be asked again, in milliseconds. */
export interface AnswerStatus {
  httpStatus: number;
  retryAfterMs?: number;
}

export function answerStatus(answer: Pick<HttpAnswer, "status" | "headers">): AnswerStatus {
  return { httpStatus: answer.status, retryAfterMs: retryAfterMs(answer) };
}

/** Whoever asks for more is asked again after this time all the same, in milliseconds. */
const longestMs = 15 * 60_000;

/**
 * For how long an answer asks not to be asked again (`Retry-After`), in milliseconds, at most a quarter of an hour;
 * undefined if it does not say. A date is measured by the answer's own clock.
 */
export function retryAfterMs({ headers }: Pick<HttpAnswer, "headers">): number | undefined {
  const value = headers["retry-after"]?.trim() ?? "";
  const waitMs = /^\d{1,9}$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.parse(headers.date ?? "");
  return Number.isFinite(waitMs) ? Math.min(longestMs, Math.max(0, waitMs)) : undefined;
}
