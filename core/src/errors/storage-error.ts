import { type Failure, ToolcastError } from "./errors.ts";

/** Why nothing can be written: there is no room, or it is not allowed or not possible. */
type StorageTrouble = "full" | "unwritable";

const byCode: Readonly<Record<string, StorageTrouble>> = {
  ENOSPC: "full",
  EDQUOT: "full",
  // A limit on the size of files (`ulimit -f`) is met like the end of the disk.
  EFBIG: "full",
  EROFS: "unwritable",
  EACCES: "unwritable",
  EPERM: "unwritable",
  EIO: "unwritable",
};

/** SQLite's primary result codes: read-only, input or output, full, cannot open. */
const bySqliteCode: Readonly<Record<number, StorageTrouble>> = {
  8: "unwritable",
  10: "unwritable",
  13: "full",
  14: "unwritable",
};

/** The disk takes nothing now. What was to be written is still in hand, and is tried again. */
export class StorageError extends ToolcastError {
  readonly trouble: StorageTrouble;
  constructor(trouble: StorageTrouble, cause: unknown) {
    const failure: Failure = {
      kind: "internal",
      sentence: { key: trouble === "full" ? "storage.full" : "storage.unwritable" },
      charged: "no",
      retry: { kind: "later" },
    };
    super(`the disk takes nothing (${trouble}): ${cause instanceof Error ? cause.message : String(cause)}`, failure, {
      cause,
    });
    this.trouble = trouble;
  }
}

/** A {@link StorageError} for what a disk or SQLite says when it takes nothing; everything else as it is. */
export function asStorageError(error: unknown): unknown {
  if (error instanceof StorageError) {
    return error;
  }
  const trouble = troubleOf(error);
  return trouble === undefined ? error : new StorageError(trouble, error);
}

function causesOf(error: unknown): Error[] {
  const causes: Error[] = [];
  for (let cause = error; cause instanceof Error && causes.length < 4; cause = cause.cause) {
    causes.push(cause);
  }
  return causes;
}

function troubleOf(error: unknown): StorageTrouble | undefined {
  for (const cause of causesOf(error)) {
    const { code, errcode } = cause as { code?: unknown; errcode?: unknown };
    const trouble =
      typeof errcode === "number" ? bySqliteCode[errcode & 0xff] : typeof code === "string" ? byCode[code] : undefined;
    if (trouble !== undefined) {
      return trouble;
    }
  }
  return undefined;
}

/** Whether the store is at fault and not what was to be written: its disk, or whatever else SQLite says by a code. */
export function isStorageFault(error: unknown): boolean {
  return asStorageError(error) instanceof StorageError || causesOf(error).some((cause) => "errcode" in cause);
}
