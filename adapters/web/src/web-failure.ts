import { type Locale, type Message, ToolcastError } from "@toolcast/core";
import { type Failure, failureOf } from "@toolcast/core/errors";
import { say, UploadRefusal } from "@toolcast/core/surface";
import { type SentenceName, sentences } from "./sentences.ts";
import type { EntryView, ErrorView } from "./wire.ts";

/** A failed request: a status and a sentence, never a stack trace. */
export class WebFailure extends Error {
  readonly status: number;
  readonly sentence: SentenceName;
  readonly limitBytes: number | undefined;
  constructor(status: number, sentence: SentenceName, options: { limitBytes?: number } = {}) {
    super(sentences[sentence].en);
    this.name = "WebFailure";
    this.status = status;
    this.sentence = sentence;
    this.limitBytes = options.limitBytes;
  }
}

export function plainError(title: string): Message {
  return { tone: "error", title, private: false };
}

function errorResponse(status: number, body: ErrorView): Response {
  return Response.json(body, { status });
}

/** The answer to a request that the tool or runtime refused; `message` in the caller's language. */
export function refusalResponse(failure: Failure, message: Message, entries: EntryView[] = []): Response {
  return errorResponse(statusOf(failure), {
    error: message,
    field: failure.field,
    ...(entries.length === 0 ? {} : { entries }),
  });
}

/** The answer to anything thrown by a route; errors on our side go to `report`. */
export function thrownResponse(error: unknown, locale: Locale, report: (error: unknown) => void): Response {
  if (error instanceof WebFailure) {
    const { limitBytes } = error;
    const values = limitBytes === undefined ? undefined : { limit: { bytes: limitBytes } };
    return errorResponse(error.status, { error: plainError(say(sentences[error.sentence], locale, values)) });
  }
  if (ToolcastError.isInstance(error)) {
    const failure = failureOf(error);
    const message = plainError(say(failure.sentence, locale));
    return error instanceof UploadRefusal
      ? errorResponse(error.status, { error: message })
      : refusalResponse(failure, message);
  }
  report(error);
  return errorResponse(500, { error: plainError(sentences.internal[locale]) });
}

function statusOf(failure: Failure): number {
  switch (failure.kind) {
    case "usage":
      return 422;
    case "policy":
      return 403;
    case "internal":
      return 500;
    case "refused":
    case "unreachable":
    case "unknown":
      return 502;
    default:
      return failure.kind satisfies never;
  }
}
