import {
  type Clock,
  type Migration,
  migrate,
  type PostgresStore,
  type Random,
  untilKnown,
} from "@toolcast/core/engine";
import type { ConsoleStore } from "./console-store.ts";
import type { ConversationLog, EntryContent, LogEntry } from "./conversation-log.ts";
import { type ConversationShelf, undoMs } from "./conversation-shelf.ts";
import type { EntrySearch } from "./entry-search.ts";
import { entryText } from "./entry-text.ts";
import { drawUploadLink, hashOfToken, type UploadLink, type UploadLinks, uploadLinkOf } from "./upload-links.ts";

type Database = PostgresStore["database"];
type Row = Record<string, unknown>;

const text = `text COLLATE "C"`;

/** `found_by` is an entry's text for the search, in lower case. */
export const migrations: readonly Migration[] = [
  {
    oldest: 1,
    script: `
      CREATE TABLE toolcast.console_entries (
        sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id ${text} NOT NULL UNIQUE,
        conversation ${text} NOT NULL,
        at bigint NOT NULL,
        reply_to ${text},
        job_id ${text},
        content ${text} NOT NULL,
        found_by ${text} NOT NULL
      );
      CREATE INDEX console_entries_conversation ON toolcast.console_entries (conversation, sequence);
      CREATE INDEX console_entries_job ON toolcast.console_entries (job_id) WHERE job_id IS NOT NULL;
      CREATE TABLE toolcast.console_conversations (
        id ${text} PRIMARY KEY,
        title ${text},
        removed_at bigint,
        removed_through bigint NOT NULL DEFAULT 0,
        wiped_through bigint NOT NULL DEFAULT 0
      );
      CREATE TABLE toolcast.console_upload_links (
        id ${text} PRIMARY KEY,
        token_hash ${text} NOT NULL UNIQUE,
        owner ${text} NOT NULL,
        kind ${text},
        expires_at bigint NOT NULL,
        taken boolean NOT NULL DEFAULT false,
        asset_id ${text}
      )`,
  },
];

/** Who appends does so alone, so that entries become visible in their order: "console" in ASCII. */
const appendLock = "27988542884965477";

/** What belonged to a deleted job is in no conversation. */
const isShown = `entries.conversation <> '' AND entries.sequence > COALESCE(
  (SELECT removed_through FROM toolcast.console_conversations WHERE id = entries.conversation), 0)`;

/**
 * In tables of the database that all processes share. They are created before the first use; while the database is away,
 * every use fails with the sentence that says so.
 */
export function openConsoleTables(connection: Database, tools: { clock: Clock; random: Random }): ConsoleStore {
  const database = onceMigrated(connection);
  return {
    log: logIn(database),
    search: searchIn(database),
    shelf: shelfIn(database),
    uploadLinks: uploadLinksIn(database, tools),
    close() {},
  };
}

interface Statements {
  read: Database["read"];
  /** For statements that may happen twice, as they do if the answer to a commit is lost. */
  write: Database["write"];
  /** The same for several. */
  transaction: Database["transaction"];
}

function onceMigrated(database: Database): Statements {
  let migrated: Promise<void> | null = null;
  const ready = () => {
    migrated ??= migrate(database, migrations, "console_version").catch((error: unknown) => {
      migrated = null;
      throw error;
    });
    return migrated;
  };
  return {
    async read(statement, values) {
      await ready();
      return database.read(statement, values);
    },
    async write(statement, values) {
      await ready();
      return untilKnown(() => database.write(statement, values));
    },
    async transaction(act) {
      await ready();
      return untilKnown(() => database.transaction(act));
    },
  };
}

/** PostgreSQL's texts contain no NUL. JSON escapes it. */
const withoutNul = (value: string) => value.replaceAll("\0", "");

function logIn({ read, write }: Statements): ConversationLog {
  const byId = async (id: string): Promise<LogEntry | null> => {
    const [row] = await read("SELECT * FROM toolcast.console_entries WHERE id = :id", { id });
    return row === undefined ? null : entryOf(row);
  };
  return {
    async append(entry) {
      const { id, conversation, at, replyTo = null, jobId = null, content } = entry;
      const [added] = await write(
        `WITH turn AS MATERIALIZED (SELECT pg_advisory_xact_lock(${appendLock}))
         INSERT INTO toolcast.console_entries (id, conversation, at, reply_to, job_id, content, found_by)
         SELECT :id, :conversation, :at::bigint, :replyTo, :jobId, :content, :foundBy FROM turn
         ON CONFLICT (id) DO NOTHING RETURNING *`,
        {
          ...{ id, conversation, at, replyTo, jobId, content: JSON.stringify(content) },
          foundBy: withoutNul(entryText(entry)).toLowerCase(),
        },
      );
      return added === undefined ? { added: false, entry: (await byId(id))! } : { added: true, entry: entryOf(added) };
    },
    read: byId,
    async page(conversation, { before = Number.MAX_SAFE_INTEGER, limit }) {
      const rows = await read(
        `SELECT * FROM toolcast.console_entries AS entries
         WHERE conversation = :conversation AND sequence < :before AND ${isShown} ORDER BY sequence DESC LIMIT :limit::integer`,
        { conversation, before, limit },
      );
      return rows.map(entryOf).reverse();
    },
    async after(conversation, sequence, limit) {
      const rows = await read(
        `SELECT * FROM toolcast.console_entries AS entries
         WHERE conversation = :conversation AND sequence > :sequence AND ${isShown} ORDER BY sequence LIMIT :limit::integer`,
        { conversation, sequence, limit },
      );
      return rows.map(entryOf);
    },
    async ofJob(jobId) {
      const rows = await read("SELECT * FROM toolcast.console_entries WHERE job_id = :jobId ORDER BY sequence", {
        jobId,
      });
      return rows.map(entryOf);
    },
    async conversations(limit) {
      const rows = await read(
        `SELECT entries.*, summary.last_at, conversations.title FROM toolcast.console_entries AS entries
         JOIN (
           SELECT min(sequence) AS first, max(sequence) AS last, max(at) AS last_at
           FROM toolcast.console_entries AS entries WHERE ${isShown} GROUP BY conversation
         ) AS summary ON entries.sequence = summary.first
         LEFT JOIN toolcast.console_conversations AS conversations ON conversations.id = entries.conversation
         ORDER BY summary.last DESC LIMIT :limit::integer`,
        { limit },
      );
      return rows.map((row) => ({
        id: String(row.conversation),
        ...(row.title === null ? {} : { title: String(row.title) }),
        first: entryOf(row),
        lastAt: Number(row.last_at),
      }));
    },
    async lastSequence() {
      const [row] = await read("SELECT COALESCE(max(sequence), 0) AS sequence FROM toolcast.console_entries");
      return Number(row?.sequence);
    },
  };
}

function entryOf(row: Row): LogEntry {
  return {
    sequence: Number(row.sequence),
    id: String(row.id),
    conversation: String(row.conversation),
    at: Number(row.at),
    content: JSON.parse(String(row.content)) as EntryContent,
    ...(row.reply_to === null ? {} : { replyTo: String(row.reply_to) }),
    ...(row.job_id === null ? {} : { jobId: String(row.job_id) }),
  };
}

/** Scans the texts: a console has one user, whose entries PostgreSQL reads in some milliseconds. */
function searchIn({ read }: Statements): EntrySearch {
  return {
    async find(query, limit) {
      const rows = await read(
        `SELECT * FROM toolcast.console_entries AS entries
         WHERE strpos(found_by, :query) > 0 AND ${isShown} ORDER BY sequence DESC LIMIT :limit::integer`,
        { query: withoutNul(query).toLowerCase(), limit },
      );
      return rows.map((row) => {
        const entry = entryOf(row);
        return { entry, text: entryText(entry) };
      });
    },
  };
}

const emptied = `'{"kind":"request","text":""}'`;

function shelfIn({ write, transaction }: Statements): ConversationShelf {
  async function remove(conversation: string, now: number): Promise<boolean> {
    const rows = await write(
      `INSERT INTO toolcast.console_conversations AS known (id, removed_at, removed_through)
       SELECT conversation, :instant::bigint, max(sequence) FROM toolcast.console_entries AS entries
       WHERE conversation = :conversation AND ${isShown} GROUP BY conversation
       ON CONFLICT (id) DO UPDATE SET removed_at = excluded.removed_at, removed_through = excluded.removed_through
       RETURNING id`,
      { conversation, instant: now },
    );
    return rows.length > 0;
  }

  async function wipeUntil(before: number): Promise<void> {
    await transaction(async (sql) => {
      await sql(
        `UPDATE toolcast.console_entries AS entries SET content = ${emptied}, found_by = ''
           FROM toolcast.console_conversations AS conversations
           WHERE conversations.id = entries.conversation AND removed_at <= :before
             AND entries.sequence > wiped_through AND entries.sequence <= removed_through`,
        { before },
      );
      await sql(
        `UPDATE toolcast.console_conversations SET title = NULL, removed_at = NULL, wiped_through = removed_through
           WHERE removed_at <= :before`,
        { before },
      );
    });
  }

  return {
    async rename(conversation, title) {
      await write(
        `INSERT INTO toolcast.console_conversations (id, title) VALUES (:conversation, :title)
         ON CONFLICT (id) DO UPDATE SET title = excluded.title`,
        { conversation, title: withoutNul(title) || null },
      );
    },
    remove: (conversation, now) => remove(conversation, now),
    async erase(conversation) {
      // As removed at the beginning of time, it is overdue.
      await remove(conversation, 0);
      await wipeUntil(0);
    },
    async eraseJob(jobId) {
      await write(
        `UPDATE toolcast.console_entries SET conversation = '', content = ${emptied}, found_by = ''
         WHERE job_id = :jobId OR id IN (SELECT reply_to FROM toolcast.console_entries WHERE job_id = :jobId)`,
        { jobId },
      );
    },
    async restore(conversation, now) {
      const rows = await write(
        `UPDATE toolcast.console_conversations SET removed_at = NULL, removed_through = wiped_through
         WHERE id = :conversation AND removed_at > :since RETURNING id`,
        { conversation, since: now - undoMs },
      );
      return rows.length > 0;
    },
    wipe: (now) => wipeUntil(now - undoMs),
    async forget(before) {
      await transaction(async (sql) => {
        await sql(`UPDATE toolcast.console_entries SET content = ${emptied}, found_by = '' WHERE at <= :before`, {
          before,
        });
        await sql(
          `INSERT INTO toolcast.console_conversations (id, removed_through, wiped_through)
           SELECT conversation, max(sequence), max(sequence) FROM toolcast.console_entries
           WHERE at <= :before GROUP BY conversation
           ON CONFLICT (id) DO UPDATE SET title = NULL, removed_at = NULL,
             removed_through = excluded.removed_through, wiped_through = excluded.wiped_through`,
          { before },
        );
      });
    },
  };
}

function uploadLinksIn({ read, write }: Statements, tools: { clock: Clock; random: Random }): UploadLinks {
  async function linkWhere(condition: string, value: string): Promise<UploadLink | null> {
    const [row] = await read(`SELECT * FROM toolcast.console_upload_links WHERE ${condition}`, { value });
    return row === undefined
      ? null
      : uploadLinkOf(
          {
            ...{ id: String(row.id), owner: String(row.owner), kind: row.kind as string | null },
            ...{ expiresAt: Number(row.expires_at), isTaken: row.taken === true },
            assetId: row.asset_id as string | null,
          },
          tools,
        );
  }

  return {
    async make(owner, kind) {
      const { id, token, tokenHash, expiresAt, forgetBefore } = drawUploadLink(tools);
      await write("DELETE FROM toolcast.console_upload_links WHERE expires_at < :forgetBefore", { forgetBefore });
      await write(
        `INSERT INTO toolcast.console_upload_links (id, token_hash, owner, kind, expires_at)
         VALUES (:id, :tokenHash, :owner, :kind, :expiresAt) ON CONFLICT (id) DO NOTHING`,
        { id, tokenHash, owner, kind: kind ?? null, expiresAt },
      );
      return { link: (await linkWhere("id = :value", id))!, token };
    },
    named: (token) => linkWhere("token_hash = :value", hashOfToken(token)),
    async owned(id, owner) {
      const link = await linkWhere("id = :value", id);
      return link?.owner === owner ? link : null;
    },
    async take(id) {
      const rows = await write(
        `UPDATE toolcast.console_upload_links SET taken = true
         WHERE id = :id AND NOT taken AND asset_id IS NULL AND expires_at > :instant RETURNING id`,
        { id, instant: tools.clock.now() },
      );
      return rows.length > 0;
    },
    async use(id, assetId) {
      await write("UPDATE toolcast.console_upload_links SET asset_id = :assetId WHERE id = :id", { id, assetId });
    },
    async release(id) {
      await write("UPDATE toolcast.console_upload_links SET taken = false WHERE id = :id AND asset_id IS NULL", { id });
    },
  };
}
