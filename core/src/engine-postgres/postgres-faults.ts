import { ToolcastError } from "../errors/errors.ts";
import { StorageError } from "../errors/storage-error.ts";

/** The connection was lost when the answer to a commit was due, or the commit may yet be lost: it counts, or it does not. */
export class OutcomeUnknown extends Error {
  constructor(cause: unknown) {
    super("the database's answer to a commit was lost", { cause });
  }
}

/** Undone because of what others did at the same time. */
const repeatable = new Set(["40001", "40P01", "55P03"]);

/** The server is going away, is not there yet, or accepts no more connections or, as a standby, no writes. */
const away = new Set(["57P01", "57P02", "57P03", "57P05", "25P03", "53300", "25006"]);

function stateOf(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) && "severity" in (error as object) ? code : undefined;
}

/** Whether the connection, and with it the transaction, is gone. */
export function isConnectionLost(error: unknown): boolean {
  if (error instanceof ToolcastError || error instanceof OutcomeUnknown) {
    return false;
  }
  const state = stateOf(error);
  if (state !== undefined) {
    return away.has(state) || state.startsWith("08");
  }
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  // Errors of `pg` itself have no code.
  return typeof code === "string"
    ? /^(E[A-Z]+|ERR_SOCKET|ERR_STREAM)/.test(code)
    : error instanceof Error && /terminated|timeout|not queryable|Client has encountered/i.test(error.message);
}

/** Whether the database gave up on a statement that took too long, or was told to: it hangs, and has done nothing. */
export function isGivenUp(error: unknown): boolean {
  return stateOf(error) === "57014";
}

/**
 * Whether the server says that a commit has stopped waiting for its standby, because somebody cancelled it: it is answered
 * as if nothing were amiss, and a failover would undo it.
 */
export function isOnPrimaryAlone(notice: { routine?: string | undefined }): boolean {
  // The text is in the server's language.
  return notice.routine === "SyncRepWaitForLSN";
}

/** Whether the database undid the transaction only because of others. */
export function isWorthRepeating(error: unknown): boolean {
  return repeatable.has(stateOf(error) ?? "");
}

/**
 * What to throw instead of an error after an earlier commit was not answered: whether that happened is still unknown, so
 * nobody may be told that nothing was stored.
 */
export function unclear(error: unknown): unknown {
  const isUnknown = error instanceof OutcomeUnknown || (error instanceof StorageError && error.trouble === "away");
  return isUnknown ? new StorageError("unclear", error) : error;
}

/** What to throw when the database could not be reached, or hung, for longer than a call waits. Nothing was stored. */
export function unavailable(cause: unknown): StorageError {
  return new StorageError("away", cause);
}
