import { createHash } from "node:crypto";
import { UnusablePath } from "../errors/unusable-path.ts";
import { type Random, randomId } from "../ground/random.ts";
import type { StoreIdentity } from "../job/store-identity.ts";
import type { Sentence } from "../messages/sentence.ts";
import { inTransaction, openDatabase } from "../state/open-database.ts";
import { stateMarks } from "../state/sqlite-keyv.ts";
import { type FileIdentity, fileIdentity, isSameFile, type ReadStats } from "./file-identity.ts";
import { openJobDatabase } from "./sqlite-schema.ts";

export interface SqliteIdentityOptions {
  /** The database of the jobs, as `openSqliteEngine` has it. It is there already. */
  jobs: string;
  /** The database of small state, as `openState` has it: a backup that holds but one of the two is noticed. */
  state: string;
  /** The installation's secret key: a store is used with one and the same. */
  key: {
    /** Where it is, for what is said about another one. */
    file: string;
    bytes: Uint8Array;
    /** An operator wants it in place of the earlier one. Default false: another key is refused. */
    isNew?: boolean;
  };
  /** Draws epochs. */
  random: Random;
  /** Default: the file system's. */
  readStats?: ReadStats;
}

/** A store's identity, and the files it is kept in. */
export interface SqliteIdentity extends StoreIdentity {
  /** Safe to call again. */
  close(): void;
}

/** What the job database says about itself. */
interface Stored extends FileIdentity {
  epoch: string | null;
  /** The epoch that a start is about to write into both databases: it may be in one of them already. */
  raising: string | null;
  /** Which key it is used with; null in a store of an earlier version. */
  keyMark: string | null;
}

/**
 * The job database holds the identity of its own file, which a copy of the file does not have; and it shares a name with
 * the database of small state, the epoch, which every start draws again: when one of the two is an older copy, they differ.
 * A store without an identity is taken for what it is. Throws an `UnusablePath` when the key is another than before.
 */
export function openSqliteIdentity({ jobs, state, key, random, readStats }: SqliteIdentityOptions): SqliteIdentity {
  const jobDatabase = openJobDatabase(jobs);
  const stateDatabase = openDatabase(state, {
    marks: stateMarks,
    prepare: (database) =>
      database.exec(
        "CREATE TABLE IF NOT EXISTS store_epoch (only INTEGER PRIMARY KEY CHECK (only = 1), epoch TEXT) STRICT",
      ),
  });
  const readStored = jobDatabase.prepare("SELECT inode, born_at, epoch, raising, key_mark FROM store_identity");
  const writeStored = jobDatabase.prepare(
    `INSERT INTO store_identity (only, inode, born_at, epoch, raising, key_mark)
     VALUES (1, :inode, :bornAt, :epoch, :raising, :keyMark)
     ON CONFLICT (only) DO UPDATE SET inode = excluded.inode, born_at = excluded.born_at, epoch = excluded.epoch,
       raising = excluded.raising, key_mark = excluded.key_mark`,
  );
  const readEpoch = stateDatabase.prepare("SELECT epoch FROM store_epoch");
  const writeEpoch = stateDatabase.prepare(
    "INSERT INTO store_epoch (only, epoch) VALUES (1, ?) ON CONFLICT (only) DO UPDATE SET epoch = excluded.epoch",
  );
  const keyMark = markOf(key.bytes);
  assertSameKey();
  let heldBy = inTransaction(jobDatabase, () => reasonToHold(stored()));
  /** What was read when the store was found to be a copy: a release leaves another one. */
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
    const epoch = (readEpoch.get()?.epoch ?? null) as string | null;
    return epoch === known.epoch || (known.raising !== null && epoch === known.raising) ? null : { key: "store.mixed" };
  }

  /** Both databases get a new epoch, and the job database its file's identity: by an intent, so that a crash is no copy. */
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
      // Another start may have finished ours with its own.
      if (known?.raising === raising) {
        finish({ ...known, raising });
      }
    });
    // A copy of the main file alone, without its log, is to be known as one as well.
    jobDatabase.exec("PRAGMA wal_checkpoint(PASSIVE)");
  }

  /** Under the write lock of the job database, which all starts take: nobody else writes the epoch meanwhile. */
  function finish({ raising, ...known }: Stored & { raising: string }): void {
    writeEpoch.run(raising);
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
    for (const database of [jobDatabase, stateDatabase].filter(({ isOpen }) => isOpen)) {
      database.close();
    }
  }
}

/** Tells keys apart and gives none of one away. */
function markOf(key: Uint8Array): string {
  return createHash("sha256").update("store key").update(key).digest("base64url");
}
