import type { JsonObject } from "../json.ts";

/** A refusal in the Bot API's own shape: `{ ok: false, error_code, description, parameters }`. */
export class TelegramError extends Error {
  readonly status: number;
  readonly parameters: JsonObject | null;

  constructor(status: number, description: string, parameters: JsonObject | null = null) {
    super(description);
    this.status = status;
    this.parameters = parameters;
  }

  body(): JsonObject {
    return {
      ok: false,
      error_code: this.status,
      description: this.message,
      ...(this.parameters === null ? {} : { parameters: this.parameters }),
    };
  }
}

/** Begins in lower case, as the server writes it, unless its first word is one of Telegram's own in capitals. */
function described(reason: string): string {
  const second = reason.charAt(1);
  return second === "_" || /[A-Z]/.test(second) ? reason : reason.charAt(0).toLowerCase() + reason.slice(1);
}

export function badRequest(reason: string): TelegramError {
  return new TelegramError(400, `Bad Request: ${described(reason)}`);
}

export function forbidden(reason: string): TelegramError {
  return new TelegramError(403, `Forbidden: ${reason}`);
}

export function conflict(reason: string): TelegramError {
  return new TelegramError(409, `Conflict: ${reason}`);
}

export function tooManyRequests(seconds: number): TelegramError {
  return new TelegramError(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds });
}
