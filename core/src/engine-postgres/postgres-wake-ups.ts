import type { EngineLogger, RunningSchedule } from "../schedule/schedule.ts";
import type { PostgresDatabase } from "./postgres-database.ts";

/** Tells the schedules of all processes when something is due. */
export interface WakeUps {
  /** A job that is free is due in so many milliseconds; null for never. */
  announce(inMs: number | null): void;
  /** Resolves once this process hears the others' announcements, or has begun to try. */
  listen(): Promise<void>;
  /** Resolves once everything announced has been sent, or cannot be. */
  settled(): Promise<void>;
}

const channel = "toolcast_due";

/**
 * Announcements are sent after the commit, together and one after another: a commit that notifies makes all others that
 * do wait for it. One that is lost with its process is made up for by every schedule's regular look, which is why
 * nothing that is due later than the next of those is announced at all.
 */
export function createWakeUps(options: {
  database: PostgresDatabase;
  /** Names this process. */
  holder: string;
  schedules: Iterable<RunningSchedule>;
  /** How far off something may be due to be announced to others, in milliseconds. */
  withinMs: number;
  logger: EngineLogger | undefined;
}): WakeUps {
  const { database, holder, schedules, withinMs, logger } = options;
  let next: number | null = null;
  let sending: Promise<void> | null = null;
  let listening: Promise<void> | null = null;

  function expectAll(inMs: number): void {
    for (const schedule of schedules) {
      schedule.expect(inMs);
    }
  }

  async function send(): Promise<void> {
    while (next !== null && database.isOpen()) {
      const inMs = next;
      next = null;
      try {
        await database.write(
          `SELECT pg_notify('${channel}', :holder || ' ' || (:now + :inMs::bigint) || ' ' || :now)`,
          { holder, inMs },
        );
      } catch (error) {
        logger?.warn({ err: error }, "due jobs could not be announced; other processes will find them");
      }
    }
    sending = null;
  }

  /** `<sender> <when it is due> <when it was sent>`, both in the database's time. */
  function receive(message: string): void {
    const [sender, due, sent] = message.split(" ");
    if (sender !== holder) {
      expectAll(Math.max(0, Number(due) - Number(sent)));
    }
  }

  return {
    announce(inMs) {
      if (inMs === null) {
        return;
      }
      expectAll(inMs);
      if (inMs <= withinMs) {
        next = Math.min(next ?? inMs, Math.ceil(inMs));
        sending ??= send();
      }
    },
    listen() {
      listening ??= new Promise<void>((resolve) => {
        database.listen(channel, {
          message: receive,
          ready() {
            resolve();
            expectAll(0);
          },
          lost: resolve,
        });
      });
      return listening;
    },
    async settled() {
      await sending;
    },
  };
}
