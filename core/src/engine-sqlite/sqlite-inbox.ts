import type { DatabaseSync } from "node:sqlite";
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
import type { WriteQueue } from "../state/sqlite-write-queue.ts";

/** The inbox, and what `create` writes to it in its own transaction. */
export interface SqliteInbox extends Inbox {
  /** Records the job that an entry became. To be called within a transaction. */
  noteJob(id: string, job: string): void;
}

const defaultLimit = 100;
const largestLimit = 1_000;
/**
 * Every so many new events, twice as many old entries are removed, so the table does not grow between sweeps. Not those
 * that are still open: when the clock was set forward, they only seem to be old, and nobody has been answered.
 */
const eventsPerPurge = 16;

type Row = Record<string, unknown>;

/** Stores each event as a row; parts are rows that name the entry they belong to. */
export function createInbox(
  database: DatabaseSync,
  queue: WriteQueue,
  { clock, holder: name, leaseMs }: { clock: Clock; holder: string; leaseMs: number },
): SqliteInbox {
  const holder = `${name}@${thisProcess()}`;
  const insert = database.prepare(
    `INSERT INTO inbox (id, surface, state, content, credentials, credentials_until, part_of, taken_at, keep_until, version, holder, held_until)
     VALUES (:id, :surface, :state, :content, :credentials, :credentialsUntil, :partOf, :takenAt, :keepUntil, 1, :holder, :heldUntil)
     ON CONFLICT (id) DO NOTHING`,
  );
  const byId = database.prepare("SELECT * FROM inbox WHERE id = ?");
  const partsOf = database.prepare("SELECT id, content FROM inbox WHERE part_of = ? ORDER BY seq");
  const countParts = database.prepare("SELECT count(*) AS parts FROM inbox WHERE part_of = ?");
  const update = database.prepare(
    `UPDATE inbox SET content = :content, state = :state, credentials = :credentials, credentials_until = :credentialsUntil,
       keep_until = :keepUntil, version = version + 1
     WHERE id = :id AND version = :version AND state <> 'part'`,
  );
  const grow = database.prepare("UPDATE inbox SET version = version + 1 WHERE seq = ?");
  const openOf = database.prepare(
    `SELECT * FROM inbox WHERE surface = ? AND state = 'open' AND seq > coalesce((SELECT seq FROM inbox WHERE id = ?), 0)
     ORDER BY seq LIMIT ?`,
  );
  const freeOf = database.prepare(
    `SELECT * FROM inbox WHERE surface = :surface AND state = 'open'
       AND seq > coalesce((SELECT seq FROM inbox WHERE id = :after), 0)
       AND (held_until IS NULL OR held_until <= :now OR held_until > :far)
     ORDER BY seq LIMIT :limit`,
  );
  const claim = database.prepare(
    `UPDATE inbox SET holder = :holder, held_until = :until
     WHERE id = :id AND state = 'open' AND (holder = :holder OR held_until IS NULL OR held_until <= :now OR held_until > :far)`,
  );
  const takeOver = database.prepare(
    "UPDATE inbox SET holder = :holder, held_until = :until WHERE id = :id AND state = 'open' AND holder = :before",
  );
  const release = database.prepare("UPDATE inbox SET holder = NULL, held_until = NULL WHERE id = ? AND holder = ?");
  const noteJob = database.prepare("UPDATE inbox SET job = ?, version = version + 1 WHERE id = ?");
  const remove = database.prepare(
    "DELETE FROM inbox WHERE seq IN (SELECT seq FROM inbox WHERE keep_until <= ? ORDER BY keep_until LIMIT ?)",
  );
  const removeSettled = database.prepare(
    `DELETE FROM inbox WHERE seq IN (
       SELECT seq FROM inbox WHERE keep_until <= ? AND state <> 'open' ORDER BY keep_until LIMIT ?)`,
  );
  const erase = database.prepare(
    `UPDATE inbox SET credentials = NULL, credentials_until = NULL WHERE seq IN (
       SELECT seq FROM inbox WHERE credentials_until <= ? ORDER BY credentials_until LIMIT ?)`,
  );
  // A change based on an older version would write them back.
  const revoke = database.prepare(
    `UPDATE inbox SET credentials = NULL, credentials_until = NULL, version = version + 1
     WHERE surface = ? AND credentials_until IS NOT NULL`,
  );

  function entryOf(row: Row | undefined): InboxEntry | null {
    if (row === undefined || row.state === "part") {
      return null;
    }
    const expiresAt = row.credentials_until === null ? 0 : Number(row.credentials_until);
    return {
      id: String(row.id),
      surface: String(row.surface),
      state: row.state as InboxEntry["state"],
      content: JSON.parse(String(row.content)) as Json,
      parts: partsOf
        .all(Number(row.seq))
        .map((part) => ({ id: String(part.id), content: JSON.parse(String(part.content)) as Json })),
      ...(row.credentials !== null && expiresAt > clock.now()
        ? { credentials: { value: JSON.parse(String(row.credentials)) as Json, expiresAt } }
        : {}),
      ...(row.job === null ? {} : { job: String(row.job) }),
      takenAt: Number(row.taken_at),
      keepUntil: Number(row.keep_until),
      version: Number(row.version),
    };
  }

  function read(id: string): InboxEntry | null {
    return entryOf(byId.get(id));
  }

  /** The entry without credentials that are past their time. */
  function usable({ credentials, ...entry }: InboxEntry): InboxEntry {
    return credentials !== undefined && credentials.expiresAt > clock.now() ? { ...entry, credentials } : entry;
  }

  let untilPurge = 0;

  function purgeNowAndThen(): void {
    if (untilPurge === 0) {
      purge(2 * eventsPerPurge, removeSettled);
      untilPurge = eventsPerPurge;
    }
    untilPurge -= 1;
  }

  function purge(limit: number, removal = remove): number {
    const now = clock.now();
    return Number(removal.run(now, limit).changes) + Number(erase.run(now, limit).changes);
  }

  return {
    async take({ state = "open", ...event }) {
      const content = inboxContent(event);
      const credentials = credentialColumns(event);
      return queue.runPlain(() => {
        purgeNowAndThen();
        const now = clock.now();
        const keepUntil = Math.ceil(event.keepUntil);
        const { changes } = insert.run({
          id: event.id,
          surface: event.surface,
          state,
          content,
          ...credentials,
          partOf: null,
          takenAt: now,
          keepUntil,
          holder: state === "open" ? holder : null,
          heldUntil: state === "open" ? now + leaseMs : null,
        });
        if (changes === 0) {
          return { taken: false, entry: read(event.id) ?? partAsEntry(event, now) };
        }
        return { taken: true, entry: usable({ ...event, state, keepUntil, parts: [], takenAt: now, version: 1 }) };
      });
    },
    async read(id) {
      return read(id);
    },
    async change(entry) {
      const content = inboxContent(entry);
      const credentials = credentialColumns(entry);
      return queue.runPlain(() => {
        const keepUntil = Math.ceil(entry.keepUntil);
        const { id, version, state } = entry;
        const { changes } = update.run({ id, version, state, content, ...credentials, keepUntil });
        // Nothing else of it can have changed: its version was that of the entry.
        return changes === 0 ? null : usable({ ...entry, keepUntil, version: version + 1 });
      });
    },
    async fill(id, event) {
      const content = inboxContent(event);
      return queue.run(() => {
        const row = byId.get(id);
        if (byId.get(event.id) !== undefined) {
          return "repeated";
        }
        if (row?.state !== "open" || Number(countParts.get(Number(row.seq))?.parts) >= maxInboxParts) {
          return "closed";
        }
        insert.run({
          id: event.id,
          surface: String(row.surface),
          state: "part",
          content,
          credentials: null,
          credentialsUntil: null,
          partOf: Number(row.seq),
          takenAt: clock.now(),
          keepUntil: Number(row.keep_until),
          holder: null,
          heldUntil: null,
        });
        grow.run(Number(row.seq));
        return "joined";
      });
    },
    async open(surface, { after = "", limit: asked = defaultLimit, free = false } = {}) {
      const limit = Math.max(0, Math.min(asked, largestLimit));
      const now = clock.now();
      const rows = free
        ? freeOf.all({ surface, after, now, far: now + leaseMs + clockToleranceMs, limit })
        : openOf.all(surface, after, limit);
      return rows.flatMap((row) => entryOf(row) ?? []);
    },
    async claim(id) {
      return queue.runPlain(() => {
        const now = clock.now();
        const until = now + leaseMs;
        // Nobody holds an entry for longer than a lease: an expiry further ahead was written before the clock was set
        // back.
        if (claim.run({ id, holder, until, now, far: until + clockToleranceMs }).changes > 0) {
          return true;
        }
        const before = String(byId.get(id)?.holder ?? "");
        return (
          isKnownDead(before.slice(before.indexOf("@") + 1)) && takeOver.run({ id, holder, until, before }).changes > 0
        );
      });
    },
    async release(id) {
      await queue.runPlain(() => release.run(id, holder));
    },
    async revoke(surface) {
      await queue.runPlain(() => revoke.run(surface));
    },
    async purge(limit) {
      return queue.runPlain(() => purge(limit));
    },
    noteJob(id, job) {
      noteJob.run(job, id);
    },
  };
}
