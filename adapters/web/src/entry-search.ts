import type { DatabaseSync } from "node:sqlite";
import { inTransaction } from "@toolcast/core/engine";
import { entryOf, type LogEntry } from "./conversation-log.ts";
import { isShown } from "./conversation-shelf.ts";
import { entryText } from "./entry-text.ts";

/** Finds entries of all conversations by their text. */
export interface EntrySearch {
  /** Newest first; `query` is taken literally, ignoring case. */
  find(query: string, limit: number): Promise<{ entry: LogEntry; text: string }[]>;
}

/** The index holds sequences of three characters; shorter searches scan the texts themselves. */
const gramCharacters = 3;
const batch = 500;

/**
 * The index is updated on each search, so that writing an entry costs nothing extra and entries from before the index
 * existed or from another process are found as well.
 */
export function createEntrySearch(database: DatabaseSync): EntrySearch {
  const lastIndexed = database.prepare("SELECT rowid AS sequence FROM entry_text ORDER BY rowid DESC LIMIT 1");
  const newest = database.prepare("SELECT MAX(sequence) AS sequence FROM entries");
  const following = database.prepare("SELECT * FROM entries WHERE sequence > ? ORDER BY sequence LIMIT ?");
  const insert = database.prepare("INSERT INTO entry_text (rowid, text) VALUES (?, ?)");
  const found = "SELECT entries.*, entry_text.text FROM entry_text JOIN entries ON entries.sequence = entry_text.rowid";
  const byIndex = database.prepare(
    `${found} WHERE entry_text MATCH ? AND ${isShown} ORDER BY entry_text.rowid DESC LIMIT ?`,
  );
  const byText = database.prepare(
    `${found} WHERE entry_text.text LIKE ? ESCAPE '\\' AND ${isShown} ORDER BY entry_text.rowid DESC LIMIT ?`,
  );

  const through = () => (lastIndexed.get()?.sequence as number | undefined) ?? 0;

  /** One batch per transaction, so that other writers wait only briefly. True when there may be more. */
  function catchUp(): boolean {
    if (through() === newest.get()?.sequence) {
      return false;
    }
    return inTransaction(database, () => {
      const rows = following.all(through(), batch);
      for (const row of rows) {
        const entry = entryOf(row);
        insert.run(entry.sequence, entryText(entry));
      }
      return rows.length === batch;
    });
  }

  return {
    async find(query, limit) {
      while (catchUp()) {
        // Repeats until the newest entry is indexed.
      }
      const rows =
        [...query].length >= gramCharacters
          ? byIndex.all(`"${query.replaceAll('"', '""')}"`, limit)
          : byText.all(`%${query.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`, limit);
      return rows.map((row) => ({ entry: entryOf(row), text: row.text as string }));
    },
  };
}
