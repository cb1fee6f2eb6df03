import type { DatabaseSync } from "node:sqlite";
import type { Json, Locale, Message } from "@toolcast/core";
import type { PhaseName } from "@toolcast/core/engine";
import { isShown } from "./conversation-shelf.ts";

/** What an entry says, by kind. */
export type EntryContent =
  | { kind: "request"; text?: string; form?: { command: string; input: Record<string, Json> } }
  /** `translations`: the same in every language, if no job replaces it. */
  | { kind: "reply"; message: Message; translations?: Record<Locale, Message> }
  /** `phase`: the job's phase when this was delivered. */
  | { kind: "result"; message: Message; phase?: PhaseName };

export interface NewEntry {
  /** A second append with the same id changes nothing. */
  id: string;
  conversation: string;
  /** Epoch milliseconds. */
  at: number;
  content: EntryContent;
  replyTo?: string;
  jobId?: string;
}

export interface LogEntry extends NewEntry {
  sequence: number;
}

/**
 * The console's conversations, append-only. Removed entries are in no page and no list, but their ids are kept for
 * good.
 */
export interface ConversationLog {
  /** Appends exactly once per id, across all processes and restarts. */
  append(entry: NewEntry): Promise<{ added: boolean; entry: LogEntry }>;
  read(id: string): Promise<LogEntry | null>;
  /** The newest `limit` entries before a sequence number, oldest first. */
  page(conversation: string, options: { before?: number; limit: number }): Promise<LogEntry[]>;
  /** What was added after a sequence number, oldest first. */
  after(conversation: string, sequence: number, limit: number): Promise<LogEntry[]>;
  ofJob(jobId: string): Promise<LogEntry[]>;
  /** Newest first. `title`: the name the person gave it. */
  conversations(limit: number): Promise<{ id: string; title?: string; first: LogEntry; lastAt: number }[]>;
  lastSequence(): Promise<number>;
}

export function createConversationLog(database: DatabaseSync): ConversationLog {
  const insert = database.prepare(`
    INSERT INTO entries (id, conversation, at, reply_to, job_id, content) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO NOTHING
  `);
  const byId = database.prepare("SELECT * FROM entries WHERE id = ?");
  const before = database.prepare(
    `SELECT * FROM entries WHERE conversation = ? AND sequence < ? AND ${isShown} ORDER BY sequence DESC LIMIT ?`,
  );
  const after = database.prepare(
    `SELECT * FROM entries WHERE conversation = ? AND sequence > ? AND ${isShown} ORDER BY sequence LIMIT ?`,
  );
  const byJob = database.prepare("SELECT * FROM entries WHERE job_id = ? ORDER BY sequence");
  const summaries = database.prepare(`
    SELECT entries.*, summary.last_at, conversations.title FROM entries
    JOIN (
      SELECT MIN(sequence) AS first, MAX(sequence) AS last, MAX(at) AS last_at FROM entries WHERE ${isShown}
      GROUP BY conversation
    ) AS summary ON entries.sequence = summary.first
    LEFT JOIN conversations ON conversations.id = entries.conversation
    ORDER BY summary.last DESC LIMIT ?
  `);
  const last = database.prepare("SELECT COALESCE(MAX(sequence), 0) AS sequence FROM entries");
  const read = (id: string) => {
    const row = byId.get(id);
    return row === undefined ? null : entryOf(row);
  };
  return {
    async append(entry) {
      const { changes } = insert.run(
        entry.id,
        entry.conversation,
        entry.at,
        entry.replyTo ?? null,
        entry.jobId ?? null,
        JSON.stringify(entry.content),
      );
      return { added: changes === 1, entry: read(entry.id)! };
    },
    read: async (id) => read(id),
    page: async (conversation, options) =>
      before
        .all(conversation, options.before ?? Number.MAX_SAFE_INTEGER, options.limit)
        .map(entryOf)
        .reverse(),
    after: async (conversation, sequence, limit) => after.all(conversation, sequence, limit).map(entryOf),
    ofJob: async (jobId) => byJob.all(jobId).map(entryOf),
    conversations: async (limit) =>
      summaries.all(limit).map((row) => ({
        id: row.conversation as string,
        ...(row.title === null ? {} : { title: row.title as string }),
        first: entryOf(row),
        lastAt: row.last_at as number,
      })),
    lastSequence: async () => last.get()?.sequence as number,
  };
}

/** An entry from its row. */
export function entryOf(row: Record<string, unknown>): LogEntry {
  return {
    sequence: row.sequence as number,
    id: row.id as string,
    conversation: row.conversation as string,
    at: row.at as number,
    content: JSON.parse(row.content as string) as EntryContent,
    ...(row.reply_to === null ? {} : { replyTo: row.reply_to as string }),
    ...(row.job_id === null ? {} : { jobId: row.job_id as string }),
  };
}
