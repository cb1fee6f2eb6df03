import type { JsonObject } from "../json.ts";

/** What Slack refuses: `{ ok: false, error }`, mostly with HTTP 200. */
export class SlackError extends Error {
  readonly code: string;
  readonly extra: JsonObject;

  constructor(code: string, extra: JsonObject = {}) {
    super(code);
    this.code = code;
    this.extra = extra;
  }
}

/** A refusal that says what is wrong where. */
export function refusedFor(code: string, messages: readonly string[]): SlackError {
  return new SlackError(code, { errors: [...messages], response_metadata: { messages: [...messages] } });
}

/** What a person's client would not let them do. */
export class NotPossible extends Error {}
