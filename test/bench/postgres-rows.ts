import { systemClock, systemRandom } from "@toolcast/core";
import { openPostgresEngine } from "@toolcast/core/engine";
import pg from "pg";

/** The connections of an engine, beside the one that listens. */
const connections = 8;
const mostAtOnce = 64;

/** What `pg` itself takes for the row that our table holds, in a table of the same columns and indexes. */
export async function openRawTable({ ourUrl, rawUrl }: { ourUrl: string; rawUrl: string }) {
  await (await openPostgresEngine({ url: rawUrl, clock: systemClock, random: systemRandom })).close();
  const ours = new pg.Client(ourUrl);
  await ours.connect();
  const { rows: columns } = await ours.query<{ name: string; type: string }>(
    `SELECT column_name AS name, data_type AS type FROM information_schema.columns
     WHERE table_schema = 'toolcast' AND table_name = 'jobs' AND is_generated = 'NEVER' AND is_identity = 'NO'
     ORDER BY ordinal_position`,
  );
  const names = columns.map(({ name }) => name);
  const { rows } = await ours.query(`SELECT ${names.join(", ")} FROM toolcast.jobs ORDER BY seq LIMIT 1`);
  await ours.end();
  const row = rows[0] as Record<string, unknown>;
  const pool = new pg.Pool({ connectionString: rawUrl, max: connections });
  const one = `INSERT INTO toolcast.jobs (${names.join(", ")}) VALUES (${names.map((_, at) => `$${at + 1}`).join(", ")})`;
  const many = `INSERT INTO toolcast.jobs (${names.join(", ")})
    SELECT * FROM unnest(${columns.map(({ type }, at) => `$${at + 1}::${type}[]`).join(", ")})`;
  let stored = 0;
  const next = () => {
    stored += 1;
    const named: Record<string, unknown> = { ...row, id: `job_raw${stored}`, key: `raw ${stored}`, changed: stored };
    return names.map((name) => named[name]);
  };
  const waiting: { resolve(): void; reject(error: unknown): void }[] = [];
  let isStoring = false;

  async function storeWaiting(): Promise<void> {
    isStoring = true;
    while (waiting.length > 0) {
      const batch = waiting.splice(0, mostAtOnce);
      const values = batch.map(next);
      const lists = names.map((_, at) => values.map((list) => list[at]));
      try {
        await pool.query({ name: "many", text: many, values: lists });
        batch.map(({ resolve }) => resolve());
      } catch (error) {
        batch.map(({ reject }) => reject(error));
      }
    }
    isStoring = false;
  }

  return {
    /** Inserts one row in a transaction of its own. */
    insert: async () => {
      await pool.query({ name: "one", text: one, values: next() });
    },
    /** Inserts one row with all that arrived while others were being inserted. */
    insertWithOthers: () =>
      new Promise<void>((resolve, reject) => {
        waiting.push({ resolve, reject });
        if (!isStoring) {
          void storeWaiting();
        }
      }),
    close: () => pool.end(),
  };
}
