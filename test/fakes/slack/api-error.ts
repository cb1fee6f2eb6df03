import type { JsonObject } from "../json.ts";

/** A refusal by Slack: `{ ok: false, error }`, usually with HTTP 200. */
export class SlackError extends Error {
  readonly code: string;
  readonly extra: JsonObject;

  constructor(code: string, extra: JsonObject = {}) {
    super(code);
    this.code = code;
    this.extra = extra;
  }
}

/** A refusal that says what is wrong and where. */
export function refusedFor(code: string, messages: readonly string[]): SlackError {
  return new SlackError(code, { errors: [...messages], response_metadata: { messages: [...messages] } });
}

/** An act that a person's client would not allow. */
export class NotPossible extends Error {}
