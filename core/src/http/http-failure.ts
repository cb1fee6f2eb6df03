import { errors } from "undici";
import { HttpError } from "./http.ts";
import { BlockedAddress } from "./http-address.ts";
import { TooLarge } from "./http-body.ts";

/** What is known about an exchange when it fails. */
export interface ExchangeState {
  host: string;
  /** The request's first byte may have been written. */
  sent: boolean;
  /** We ended it ourselves. */
  ended?: "timeout" | "cancelled";
}

/**
 * The failure as callers see it. The cause is reduced to its code, because what libraries put into their errors
 * (requested addresses, received bytes) may contain something that must not be logged.
 */
export function httpErrorOf(error: unknown, state: ExchangeState): HttpError {
  if (error instanceof HttpError) {
    return error;
  }
  const failed = (reason: HttpError["reason"], sent = state.sent) =>
    new HttpError(reason, sent, state.host, { cause: new Error(codeOf(error)) });
  if (state.ended !== undefined) {
    return failed(state.ended);
  }
  if (error instanceof TooLarge) {
    return failed("too-large");
  }
  if (error instanceof BlockedAddress) {
    return failed("blocked");
  }
  if (error instanceof errors.ClientDestroyedError || error instanceof errors.ClientClosedError) {
    return failed("cancelled");
  }
  if (isProtocolError(error)) {
    return failed("protocol");
  }
  return failed(state.sent ? "reset" : "connect");
}

function isProtocolError(error: unknown): boolean {
  const code = codeOf(error);
  return (
    // For some kinds of invalid answers it has no code.
    (error instanceof Error && error.name === "HTTPParserError") ||
    code.startsWith("Z_") ||
    code.startsWith("ERR__ERROR_") ||
    error instanceof errors.InvalidArgumentError ||
    error instanceof errors.HeadersOverflowError ||
    error instanceof errors.RequestContentLengthMismatchError ||
    error instanceof errors.ResponseContentLengthMismatchError
  );
}

function codeOf(error: unknown): string {
  if (error instanceof Error) {
    const { code } = error as NodeJS.ErrnoException;
    return typeof code === "string" ? code : error.name;
  }
  return "unknown";
}
