import type { Clock } from "../ground/clock.ts";
import { clockToleranceMs } from "../ground/due.ts";
import type { Json } from "../ground/json.ts";
import {
  credentialColumns,
  type Inbox,
  type InboxEntry,
  inboxContent,
  maxInboxParts,
  partAsEntry,
} from "../job/inbox.ts";
import { isKnownDead, thisProcess } from "../schedule/process-identity.ts";
import type { PostgresDatabase, Row, Sql } from "./postgres-database.ts";
import { untilKnown } from "./until-known.ts";

const defaultLimit = 100;
const largestLimit = 1_000;
/**
 * How many old entries each new event removes: more than one, so the table does not grow between sweeps. Not those that
 * are still open: when the clock was set forward, they only seem to be old, and nobody has been answered.
 */
const removedPerEvent = 2;

/**
 * By their names: a prepared statement that asks for every column fails from the moment at which a newer process adds
 * one.
 */
const ownColumns = [
  ...["seq", "id", "surface", "state", "content", "credentials", "credentials_until", "job"],
  ...["taken_at", "keep_until", "version", "write_id"],
];

/** An entry with its parts, as `parts`. */
const columns = `${ownColumns.map((column) => `entry.${column}`).join(", ")}, (
    SELECT json_agg(json_build_object('id', part.id, 'content', part.content) ORDER BY part.seq)
    FROM toolcast.inbox AS part WHERE part.part_of = entry.seq
  ) AS parts`;
const byId = `SELECT ${columns} FROM toolcast.inbox AS entry WHERE entry.id = :id`;

const insert = `INSERT INTO toolcast.inbox (id, surface, state, content, credentials, credentials_until, part_of, taken_at,
    keep_until, version, write_id, holder, held_until)
  VALUES (:id, :surface, :state, :content, :credentials, :credentialsUntil::bigint, :partOf::bigint, :takenAt::bigint,
    :keepUntil::bigint, 1, :writeId, :holder, CASE WHEN :holder::text IS NOT NULL THEN :now + :leaseMs::bigint END)
  ON CONFLICT (id) DO NOTHING`;

const openOf = (condition: string) => `SELECT ${columns} FROM toolcast.inbox AS entry
  WHERE entry.surface = :surface AND entry.state = 'open' ${condition}
    AND entry.seq > coalesce((SELECT before.seq FROM toolcast.inbox AS before WHERE before.id = :after), 0)
  ORDER BY entry.seq LIMIT :limit::integer`;

/** Nobody holds an entry for longer than a lease: an expiry further ahead was written before the clock was set back. */
const isFree = `(held_until IS NULL OR held_until <= :now OR held_until > :now + :leaseMs::bigint + ${clockToleranceMs})`;

export interface InboxOptions {
  database: PostgresDatabase;
  clock: Clock;
  /** Names this process among those that share the database. */
  holder: string;
  leaseMs: number;
  /** Names a write. */
  nextWriteId: () => string;
}

/** Records the job that an entry became, in the transaction that stores the job. */
export async function noteJob(sql: Sql, id: string, job: string): Promise<void> {
  await sql("UPDATE toolcast.inbox SET job = :job, version = version + 1 WHERE id = :id", { id, job });
}

/**
 * Stores each event as a row; parts are rows that name the entry they belong to. Leases are by the database's time;
 * `keepUntil` and the expiry of credentials are the platforms' instants, compared with this machine's clock.
 */
export function createInbox({ database, clock, holder: name, leaseMs, nextWriteId }: InboxOptions): Inbox {
  const holder = `${name}@${thisProcess()}`;

  function entryOf(row: Row | undefined): InboxEntry | null {
    if (row === undefined || row.state === "part") {
      return null;
    }
    const expiresAt = row.credentials_until === null ? 0 : Number(row.credentials_until);
    const parts = (row.parts ?? []) as { id: string; content: string }[];
    return {
      id: String(row.id),
      surface: String(row.surface),
      state: row.state as InboxEntry["state"],
      content: JSON.parse(String(row.content)) as Json,
      parts: parts.map(({ id, content }) => ({ id, content: JSON.parse(content) as Json })),
      ...(row.credentials !== null && expiresAt > clock.now()
        ? { credentials: { value: JSON.parse(String(row.credentials)) as Json, expiresAt } }
        : {}),
      ...(row.job === null ? {} : { job: String(row.job) }),
      takenAt: Number(row.taken_at),
      keepUntil: Number(row.keep_until),
      version: Number(row.version),
    };
  }

  async function purge(sql: Sql, limit: number, { settledOnly = false } = {}): Promise<number> {
    const values = { at: Math.floor(clock.now()), limit };
    const removed = await sql(
      `DELETE FROM toolcast.inbox WHERE seq IN (
         SELECT seq FROM toolcast.inbox WHERE keep_until <= :at::bigint${settledOnly ? " AND state <> 'open'" : ""}
         ORDER BY keep_until LIMIT :limit::integer FOR UPDATE SKIP LOCKED) RETURNING seq`,
      values,
    );
    const erased = await sql(
      `UPDATE toolcast.inbox SET credentials = NULL, credentials_until = NULL WHERE seq IN (
         SELECT seq FROM toolcast.inbox WHERE credentials_until <= :at::bigint
         ORDER BY credentials_until LIMIT :limit::integer FOR UPDATE SKIP LOCKED) RETURNING seq`,
      values,
    );
    return removed.length + erased.length;
  }

  return {
    async take({ state = "open", ...event }) {
      const content = inboxContent(event);
      const credentials = credentialColumns(event);
      const writeId = nextWriteId();
      const takenAt = Math.floor(clock.now());
      return untilKnown(() =>
        database.transaction(async (sql) => {
          await purge(sql, removedPerEvent, { settledOnly: true });
          await sql(insert, {
            ...{ id: event.id, surface: event.surface, state, content, writeId, takenAt, leaseMs, partOf: null },
            ...credentials,
            keepUntil: Math.ceil(event.keepUntil),
            holder: state === "open" ? holder : null,
          });
          const [row] = await sql(byId, { id: event.id });
          return { taken: row?.write_id === writeId, entry: entryOf(row) ?? partAsEntry(event, takenAt) };
        }),
      );
    },
    async read(id) {
      const [row] = await database.read(byId, { id });
      return entryOf(row);
    },
    async change(entry) {
      const content = inboxContent(entry);
      const credentials = credentialColumns(entry);
      const writeId = nextWriteId();
      return untilKnown(() =>
        database.transaction(async (sql) => {
          await sql(
            `UPDATE toolcast.inbox SET content = :content, state = :state, credentials = :credentials,
               credentials_until = :credentialsUntil::bigint, keep_until = :keepUntil::bigint, write_id = :writeId,
               version = version + 1
             WHERE id = :id AND version = :version AND state <> 'part'`,
            {
              ...{ id: entry.id, version: entry.version, state: entry.state, content, writeId },
              ...credentials,
              keepUntil: Math.ceil(entry.keepUntil),
            },
          );
          const [row] = await sql(byId, { id: entry.id });
          return row?.write_id === writeId ? entryOf(row) : null;
        }),
      );
    },
    async fill(id, event) {
      const content = inboxContent(event);
      const writeId = nextWriteId();
      return untilKnown(() =>
        database.transaction(async (sql) => {
          const [row] = await sql(
            "SELECT seq, surface, state, keep_until FROM toolcast.inbox WHERE id = :id FOR UPDATE",
            { id },
          );
          const [known] = await sql("SELECT write_id FROM toolcast.inbox WHERE id = :id", { id: event.id });
          if (known !== undefined) {
            return known.write_id === writeId ? "joined" : "repeated";
          }
          if (row?.state !== "open") {
            return "closed";
          }
          const [counted] = await sql("SELECT count(*) AS parts FROM toolcast.inbox WHERE part_of = :seq", {
            seq: row.seq,
          });
          if (Number(counted?.parts) >= maxInboxParts) {
            return "closed";
          }
          await sql(insert, {
            ...{ id: event.id, surface: row.surface, state: "part", content, writeId, leaseMs, holder: null },
            ...{ credentials: null, credentialsUntil: null, partOf: row.seq },
            ...{ takenAt: Math.floor(clock.now()), keepUntil: row.keep_until },
          });
          const [part] = await sql("SELECT write_id FROM toolcast.inbox WHERE id = :id", { id: event.id });
          if (part?.write_id !== writeId) {
            // Taken elsewhere at the same moment.
            return "repeated";
          }
          await sql("UPDATE toolcast.inbox SET version = version + 1 WHERE seq = :seq", { seq: row.seq });
          return "joined";
        }),
      );
    },
    async open(surface, { after = "", limit: asked = defaultLimit, free = false } = {}) {
      const limit = Math.max(0, Math.min(asked, largestLimit));
      const rows = await database.read(openOf(free ? `AND ${isFree}` : ""), { surface, after, leaseMs, limit });
      return rows.flatMap((row) => entryOf(row) ?? []);
    },
    async claim(id) {
      const take = (condition: string, before: string) =>
        untilKnown(() =>
          database.write(
            `UPDATE toolcast.inbox SET holder = :holder, held_until = :now + :leaseMs::bigint
             WHERE id = :id AND state = 'open' AND ${condition} RETURNING id`,
            { id, holder, leaseMs, before },
          ),
        );
      if ((await take(`(holder = :holder OR ${isFree})`, "")).length > 0) {
        return true;
      }
      const [row] = await database.read("SELECT holder FROM toolcast.inbox WHERE id = :id", { id });
      const before = String(row?.holder ?? "");
      return isKnownDead(before.slice(before.indexOf("@") + 1)) && (await take("holder = :before", before)).length > 0;
    },
    async release(id) {
      await untilKnown(() =>
        database.write(
          "UPDATE toolcast.inbox SET holder = NULL, held_until = NULL WHERE id = :id AND holder = :holder",
          { id, holder },
        ),
      );
    },
    async revoke(surface) {
      // A change based on an older version would write them back.
      await untilKnown(() =>
        database.write(
          `UPDATE toolcast.inbox SET credentials = NULL, credentials_until = NULL, version = version + 1
           WHERE surface = :surface AND credentials_until IS NOT NULL`,
          { surface },
        ),
      );
    },
    purge: (limit) => untilKnown(() => database.transaction((sql) => purge(sql, limit))),
  };
}
