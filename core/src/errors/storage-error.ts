import { type Failure, ToolcastError } from "./errors.ts";

/**
 * Why nothing can be written: the disk is full, writing is not allowed or not possible, or the database or the bucket of
 * the media cannot be used. `unclear`: the database was lost during the write, and cannot be asked whether it has
 * happened.
 */
type StorageTrouble = "full" | "unwritable" | "away" | "unclear" | "bucket";

const placeNames: Partial<Record<StorageTrouble, string>> = {
  away: "the database",
  unclear: "the database",
  bucket: "the bucket of the media",
};

const byCode: Readonly<Record<string, StorageTrouble>> = {
  ENOSPC: "full",
  EDQUOT: "full",
  // A limit on file sizes (`ulimit -f`) counts as a full disk.
  EFBIG: "full",
  EROFS: "unwritable",
  EACCES: "unwritable",
  EPERM: "unwritable",
  EIO: "unwritable",
};

/** SQLite's primary result codes: read-only, I/O error, full, cannot open. */
const bySqliteCode: Readonly<Record<number, StorageTrouble>> = {
  8: "unwritable",
  10: "unwritable",
  13: "full",
  14: "unwritable",
};

/** The disk, the database or the bucket accepts no writes now. The data is still in memory, and the write is retried. */
export class StorageError extends ToolcastError {
  readonly trouble: StorageTrouble;
  constructor(trouble: StorageTrouble, cause: unknown) {
    const failure: Failure = {
      kind: "internal",
      sentence: { key: `storage.${trouble}` },
      charged: "no",
      retry: { kind: "later" },
    };
    super(
      `${placeNames[trouble] ?? "the disk"} takes nothing (${trouble}): ${cause instanceof Error ? cause.message : String(cause)}`,
      failure,
      {
        cause,
      },
    );
    this.trouble = trouble;
  }
}

/**
 * Turns errors of the disk or SQLite that mean that nothing can be written into a {@link StorageError}; returns all
 * others unchanged.
 */
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

/** Whether the store is at fault and not the data: its disk, or any other SQLite error with a code. */
export function isStorageFault(error: unknown): boolean {
  return asStorageError(error) instanceof StorageError || causesOf(error).some((cause) => "errcode" in cause);
}
