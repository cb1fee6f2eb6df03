import { createHash } from "node:crypto";
import { UnusablePath } from "../errors/unusable-path.ts";
import { type Random, randomId } from "../ground/random.ts";
import type { StoreIdentity } from "../job/store-identity.ts";
import type { Sentence } from "../messages/sentence.ts";
import { inTransaction } from "../state/open-database.ts";
import { type FileIdentity, fileIdentity, isSameFile, type ReadStats } from "./file-identity.ts";
import { openJobDatabase } from "./sqlite-schema.ts";
import { readStoreEpoch, writeStoreEpoch } from "./store-epoch.ts";

export interface SqliteIdentityOptions {
  /** The job database, as for `openSqliteEngine`. It must exist. */
  jobs: string;
  /**
   * A file beside it, created if necessary: a job database that is put back from a backup, over the one in use, is
   * noticed by it.
   */
  epoch: string;
  /** The installation's secret key: a store is always used with the same one. */
  key: {
    /** Its path, for the error about a different key. */
    file: string;
    bytes: Uint8Array;
    /** Whether an operator accepts it as a replacement. Default false: a different key is refused. */
    isNew?: boolean;
  };
  /** Generates epochs. */
  random: Random;
  /** Default: the file system's. */
  readStats?: ReadStats;
}

/** A store's identity, with the database that contains it. */
export interface SqliteIdentity extends StoreIdentity {
  /** Safe to call again. */
  close(): void;
}

/** What the job database says about itself. */
interface Stored extends FileIdentity {
  epoch: string | null;
  /** The epoch that a start is writing to the database and its file; one of them may have it already. */
  raising: string | null;
  /** A mark of the key it is used with; null in a store of an earlier version. */
  keyMark: string | null;
}

/**
 * The job database contains the identity of its own file, which a copy of the file does not have. It also shares an
 * epoch with a small file beside it, and every start generates a new one: if one of the two is an older copy, their
 * epochs differ. A store without an identity is accepted as an original. Throws an `UnusablePath` if the key is
 * not the same as before.
 */
export function openSqliteIdentity({
  jobs,
  epoch: epochFile,
  key,
  random,
  readStats,
}: SqliteIdentityOptions): SqliteIdentity {
  const jobDatabase = openJobDatabase(jobs);
  const readStored = jobDatabase.prepare("SELECT inode, born_at, epoch, raising, key_mark FROM store_identity");
  const writeStored = jobDatabase.prepare(
    `INSERT INTO store_identity (only, inode, born_at, epoch, raising, key_mark)
     VALUES (1, :inode, :bornAt, :epoch, :raising, :keyMark)
     ON CONFLICT (only) DO UPDATE SET inode = excluded.inode, born_at = excluded.born_at, epoch = excluded.epoch,
       raising = excluded.raising, key_mark = excluded.key_mark`,
  );
  const keyMark = markOf(key.bytes);
  assertSameKey();
  let heldBy = inTransaction(jobDatabase, () => reasonToHold(stored()));
  /** The epoch when the store was found to be a copy: a release changes it. */
  const foundEpoch = stored()?.epoch ?? null;

  function assertSameKey(): void {
    const known = stored()?.keyMark ?? null;
    if (known !== null && known !== keyMark && key.isNew !== true) {
      close();
      throw new UnusablePath(key.file, "other-key");
    }
  }

  function stored(): Stored | null {
    const row = readStored.get();
    const text = (value: unknown) => (value === null ? null : String(value));
    return row === undefined
      ? null
      : {
          ...{ inode: String(row.inode), bornAt: text(row.born_at) },
          ...{ epoch: text(row.epoch), raising: text(row.raising), keyMark: text(row.key_mark) },
        };
  }

  function reasonToHold(known: Stored | null): Sentence | null {
    if (known === null) {
      return null;
    }
    if (!isSameFile(known, fileIdentity(jobs, readStats))) {
      return { key: "store.copied" };
    }
    const epoch = readStoreEpoch(epochFile);
    return epoch === known.epoch || (known.raising !== null && epoch === known.raising) ? null : { key: "store.mixed" };
  }

  /**
   * Writes a new epoch to the database and its file, and to the database its file's identity. An intent is stored first,
   * so a crash in between does not look like a copy.
   */
  function take(): void {
    const raising = randomId(random, "epoch");
    inTransaction(jobDatabase, () => {
      const known = stored();
      if (known?.raising != null) {
        finish({ ...known, raising: known.raising });
      }
      const epoch = known?.raising ?? known?.epoch ?? null;
      writeStored.run({ ...fileIdentity(jobs, readStats), epoch, raising, keyMark });
    });
    inTransaction(jobDatabase, () => {
      const known = stored();
      // Another start may have finished ours before writing its own.
      if (known?.raising === raising) {
        finish({ ...known, raising });
      }
    });
    // A copy of only the main file, without its log, must be recognized, too.
    jobDatabase.exec("PRAGMA wal_checkpoint(PASSIVE)");
  }

  /**
   * Called under the write lock of the job database, which every start takes: nobody else writes the epoch meanwhile.
   */
  function finish({ raising, ...known }: Stored & { raising: string }): void {
    writeStoreEpoch(epochFile, raising);
    writeStored.run({ ...known, epoch: raising, raising: null });
  }

  return {
    held() {
      if (heldBy !== null) {
        const known = stored();
        const isReleased =
          known !== null && known.epoch !== foundEpoch && isSameFile(known, fileIdentity(jobs, readStats));
        heldBy = isReleased ? null : heldBy;
      }
      return heldBy;
    },
    begin() {
      if (heldBy === null) {
        take();
      }
    },
    release() {
      take();
      heldBy = null;
    },
    close,
  };

  function close(): void {
    if (jobDatabase.isOpen) {
      jobDatabase.close();
    }
  }
}

/** Distinguishes keys without revealing anything about them. */
function markOf(key: Uint8Array): string {
  return createHash("sha256").update("store key").update(key).digest("base64url");
}
