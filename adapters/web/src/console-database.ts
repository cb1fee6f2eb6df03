import type { DatabaseSync } from "node:sqlite";
import { openDatabase } from "@toolcast/core/engine";

/**
 * `entry_text` indexes `entries` by their `sequence`. `removed_through`, `wiped_through`: the last entry of a
 * conversation that is hidden, or wiped.
 */
const schema = `
  CREATE TABLE IF NOT EXISTS entries (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    conversation TEXT NOT NULL,
    at INTEGER NOT NULL,
    reply_to TEXT,
    job_id TEXT,
    content TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS entries_conversation ON entries (conversation, sequence);
  CREATE INDEX IF NOT EXISTS entries_job ON entries (job_id) WHERE job_id IS NOT NULL;
  CREATE VIRTUAL TABLE IF NOT EXISTS entry_text USING fts5(text, tokenize = 'trigram');
  CREATE TABLE IF NOT EXISTS conversations (
    id TEXT PRIMARY KEY,
    title TEXT,
    removed_at INTEGER,
    removed_through INTEGER NOT NULL DEFAULT 0,
    wiped_through INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE IF NOT EXISTS upload_links (
    id TEXT PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    owner TEXT NOT NULL,
    kind TEXT,
    expires_at INTEGER NOT NULL,
    taken INTEGER NOT NULL DEFAULT 0,
    asset_id TEXT
  ) STRICT;
`;

/** The console's only file, created with its directory if missing; several processes may have it open. */
export function openConsoleDatabase(file: string): DatabaseSync {
  const marks = [{ table: "entries", column: "reply_to" }];
  return openDatabase(file, { marks, prepare: (database) => database.exec(schema) });
}
