import type { DatabaseSync } from "node:sqlite";
import { inTransaction } from "@toolcast/core/engine";

/** How long a removed conversation can be brought back; then its text is wiped. */
export const undoMs = 10 * 60_000;

/** Changes to whole conversations: renaming and removing them. */
export interface ConversationShelf {
  /** An empty title names the conversation after its first request again. */
  rename(conversation: string, title: string): Promise<void>;
  /** Hides all entries so far; what is delivered later is shown. False when there is nothing to hide. */
  remove(conversation: string, now: number): Promise<boolean>;
  /** Shows again what `remove` hid. False when it was not hidden, or has been wiped. */
  restore(conversation: string, now: number): Promise<boolean>;
  /** Wipes the text of what was removed `undoMs` ago or earlier; ids stay, so that nothing is delivered twice. */
  wipe(now: number): Promise<void>;
  /** Removes a conversation so far for good, and wipes its text and name. */
  erase(conversation: string): Promise<void>;
  /** Wipes and hides all that was said about a job, with its request; ids stay. Safe to repeat. */
  eraseJob(jobId: string): Promise<void>;
  /** Wipes all text from before an instant, and the names of conversations; safe to repeat. */
  forget(before: number): Promise<void>;
}

/** An SQL condition on rows of `entries`: those not removed. What belonged to a deleted job is in no conversation. */
export const isShown = `entries.conversation <> '' AND
  entries.sequence > COALESCE((SELECT removed_through FROM conversations WHERE id = entries.conversation), 0)`;

export function createConversationShelf(database: DatabaseSync): ConversationShelf {
  const name = database.prepare(`
    INSERT INTO conversations (id, title) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET title = excluded.title
  `);
  const hide = database.prepare(`
    INSERT INTO conversations (id, removed_at, removed_through)
    SELECT conversation, ?, MAX(sequence) FROM entries WHERE conversation = ? AND ${isShown} GROUP BY conversation
    ON CONFLICT (id) DO UPDATE SET removed_at = excluded.removed_at, removed_through = excluded.removed_through
  `);
  const show = database.prepare(`
    UPDATE conversations SET removed_at = NULL, removed_through = wiped_through WHERE id = ? AND removed_at > ?
  `);
  const overdue = "removed_at IS NOT NULL AND removed_at <= ?";
  const doomed = `
    SELECT entries.sequence FROM entries JOIN conversations ON conversations.id = entries.conversation
    WHERE ${overdue} AND entries.sequence > wiped_through AND entries.sequence <= removed_through
  `;
  const wipeIndex = database.prepare(`DELETE FROM entry_text WHERE rowid IN (${doomed})`);
  const eraseTexts = database.prepare(
    `UPDATE entries SET content = '{"kind":"request","text":""}' WHERE sequence IN (${doomed})`,
  );
  const wiped = database.prepare(`
    UPDATE conversations SET title = NULL, removed_at = NULL, wiped_through = removed_through WHERE ${overdue}
  `);
  const aboutJob = "job_id = ?1 OR id IN (SELECT reply_to FROM entries WHERE job_id = ?1)";
  const eraseJobIndex = database.prepare(
    `DELETE FROM entry_text WHERE rowid IN (SELECT sequence FROM entries WHERE ${aboutJob})`,
  );
  const eraseJobTexts = database.prepare(
    `UPDATE entries SET conversation = '', content = '{"kind":"request","text":""}' WHERE ${aboutJob}`,
  );
  const forgetIndex = database.prepare(
    "DELETE FROM entry_text WHERE rowid IN (SELECT sequence FROM entries WHERE at <= ?)",
  );
  const forgetWords = database.prepare(`UPDATE entries SET content = '{"kind":"request","text":""}' WHERE at <= ?`);
  const forgetConversations = database.prepare(`
    INSERT INTO conversations (id, removed_through, wiped_through)
    SELECT conversation, MAX(sequence), MAX(sequence) FROM entries WHERE at <= ? GROUP BY conversation
    ON CONFLICT (id) DO UPDATE SET
      title = NULL, removed_at = NULL, removed_through = excluded.removed_through, wiped_through = excluded.wiped_through
  `);
  function wipeUntil(before: number): void {
    inTransaction(database, () => {
      wipeIndex.run(before);
      eraseTexts.run(before);
      wiped.run(before);
    });
  }

  return {
    rename: async (conversation, title) => void name.run(conversation, title === "" ? null : title),
    remove: async (conversation, now) => hide.run(now, conversation).changes > 0,
    restore: async (conversation, now) => show.run(conversation, now - undoMs).changes > 0,
    async forget(before) {
      inTransaction(database, () => {
        forgetIndex.run(before);
        forgetWords.run(before);
        forgetConversations.run(before);
      });
    },
    async erase(conversation) {
      // As removed at the beginning of time, it is overdue.
      hide.run(0, conversation);
      wipeUntil(0);
    },
    async eraseJob(jobId) {
      inTransaction(database, () => {
        eraseJobIndex.run(jobId);
        eraseJobTexts.run(jobId);
      });
    },
    async wipe(now) {
      if (database.isOpen) {
        wipeUntil(now - undoMs);
      }
    },
  };
}
