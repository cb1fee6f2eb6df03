import { existsSync } from "node:fs";
import { continueNumbers, insertAll, type MoveCompanion, migrate } from "@toolcast/core/engine";
import { openConsoleDatabase } from "./console-database.ts";
import { migrations } from "./console-tables.ts";
import type { EntryContent } from "./conversation-log.ts";
import { entryText } from "./entry-text.ts";

type Row = Record<string, unknown>;

const withoutNul = (value: unknown) => (value === null ? null : String(value).replaceAll("\0", ""));

const insertEntries = `INSERT INTO toolcast.console_entries (sequence, id, conversation, at, reply_to, job_id, content,
    found_by)
  OVERRIDING SYSTEM VALUE
  SELECT sequence, id, conversation, at, reply_to, job_id, content, found_by
  FROM json_to_recordset(:rows::json) AS moved (sequence bigint, id text, conversation text, at bigint, reply_to text,
    job_id text, content text, found_by text)`;
const insertConversations = `INSERT INTO toolcast.console_conversations (id, title, removed_at, removed_through,
    wiped_through)
  SELECT id, title, removed_at, removed_through, wiped_through
  FROM json_to_recordset(:rows::json) AS moved (id text, title text, removed_at bigint, removed_through bigint,
    wiped_through bigint)`;
const insertUploadLinks = `INSERT INTO toolcast.console_upload_links (id, token_hash, owner, kind, expires_at, taken,
    asset_id)
  SELECT id, token_hash, owner, kind, expires_at, taken <> 0, asset_id
  FROM json_to_recordset(:rows::json) AS moved (id text, token_hash text, owner text, kind text, expires_at bigint,
    taken integer, asset_id text)`;

/** The console's conversations, from its file to tables of the database that a store is moved into. */
export function consoleToMove(file: string): MoveCompanion {
  return {
    tables: ["console_entries", "console_conversations", "console_upload_links"],
    migrate: (database) => migrate(database, migrations, "console_version"),
    async copy(sql) {
      if (!existsSync(file)) {
        return;
      }
      const database = openConsoleDatabase(file);
      try {
        const rows = (table: string) => database.prepare(`SELECT * FROM ${table}`).iterate() as Iterable<Row>;
        await insertAll(sql, insertEntries, found(rows("entries")));
        await continueNumbers(sql, "console_entries", "sequence");
        await insertAll(sql, insertConversations, titled(rows("conversations")));
        await insertAll(sql, insertUploadLinks, rows("upload_links"));
      } finally {
        database.close();
      }
    },
  };
}

/** Entries with what a search finds them by. */
function* found(rows: Iterable<Row>): Iterable<Row> {
  for (const row of rows) {
    const content = JSON.parse(String(row.content)) as EntryContent;
    yield {
      ...row,
      found_by: withoutNul(
        entryText({ content, jobId: row.job_id === null ? undefined : String(row.job_id) }),
      )?.toLowerCase(),
    };
  }
}

function* titled(rows: Iterable<Row>): Iterable<Row> {
  for (const row of rows) {
    yield { ...row, title: withoutNul(row.title) };
  }
}
