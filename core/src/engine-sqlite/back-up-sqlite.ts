import { backup, DatabaseSync } from "node:sqlite";
import { asUnusablePath } from "../errors/unusable-path.ts";

/** All pages in one step: one moment of the database, whatever other processes write meanwhile. */
const allPages = 2 ** 31 - 1;

/** No file has this inode, so whatever is restored from a backup is recognised as a copy. */
const noInode = "backup";

/**
 * Copies one of our databases as it is at this moment to a file that must not exist, while other processes may use the
 * database. A copy of the job database is held when it is opened, even if a file system gives it the original's inode.
 * Throws an `UnusablePath` if `from` cannot be read or there is no space for the copy.
 */
export async function backUpSqlite(from: string, to: string): Promise<void> {
  try {
    const source = new DatabaseSync(from, { readOnly: true });
    try {
      await backup(source, to, { rate: allPages });
    } finally {
      source.close();
    }
  } catch (error) {
    throw asUnusablePath(from, error);
  }
  const copy = new DatabaseSync(to);
  try {
    if (copy.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'store_identity'").get() !== undefined) {
      copy.prepare("UPDATE store_identity SET inode = ?, born_at = NULL").run(noInode);
    }
    // One file, without a log beside it.
    copy.exec("PRAGMA journal_mode = DELETE");
  } finally {
    copy.close();
  }
}
