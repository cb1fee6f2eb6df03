import type { PostgresDatabase, Row } from "./postgres-database.ts";
import { OutcomeUnknown } from "./postgres-faults.ts";
import { columnsOfNew, dueInOf, insertJob, insertMany, type NewVersion } from "./postgres-records.ts";

/** How many jobs one statement stores at most. */
const atOnce = 64;

/** How long until a job that was stored is due; null if its id or key is known. */
type Stored = { dueInMs: number | null } | null;

interface Waiting {
  version: NewVersion;
  resolve(stored: Stored): void;
  reject(error: unknown): void;
}

/**
 * Stores new jobs, those that arrive while others are being stored in one statement and so in one commit. The database
 * answers each as it would have answered it alone.
 */
export function createInserts(database: PostgresDatabase): (version: NewVersion) => Promise<Stored> {
  const waiting: Waiting[] = [];
  let isStoring = false;

  async function storeOne({ version, resolve, reject }: Waiting): Promise<void> {
    await insertJob(database.write, version).then(resolve, reject);
  }

  async function storeMany(many: readonly Waiting[]): Promise<void> {
    let rows: Row[];
    try {
      rows = await insertMany(database.write, columnsOfNew(many.map(({ version }) => version)));
    } catch (error) {
      if (error instanceof OutcomeUnknown) {
        for (const { reject } of many) {
          reject(error);
        }
        return;
      }
      // Nothing was stored, perhaps because of one of them. One after the other: of two with the same key the first wins.
      for (const one of many) {
        await storeOne(one);
      }
      return;
    }
    const stored = new Map(rows.map((row) => [String(row.write_id), { dueInMs: dueInOf(row) }]));
    for (const { version, resolve } of many) {
      resolve(stored.get(version.writeId) ?? null);
    }
  }

  async function store(): Promise<void> {
    isStoring = true;
    while (waiting.length > 0) {
      const [first, ...others] = waiting.splice(0, atOnce);
      await (others.length === 0 ? storeOne(first as Waiting) : storeMany([first as Waiting, ...others]));
    }
    isStoring = false;
  }

  return (version) =>
    new Promise((resolve, reject) => {
      waiting.push({ version, resolve, reject });
      if (!isStoring) {
        void store();
      }
    });
}
