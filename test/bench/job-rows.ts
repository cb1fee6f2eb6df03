import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";

export type StoredRow = Record<string, SQLInputValue>;

/** A job as its store holds it, without the columns that SQLite computes. */
export function storedRow(file: string, id: string): StoredRow {
  const database = new DatabaseSync(file, { readOnly: true });
  const columns = columnsOf(database);
  const row = database.prepare(`SELECT ${columns.join(", ")} FROM jobs WHERE id = ?`).get(id) as StoredRow;
  database.close();
  return row;
}

/** The columns that can be written, without the row's number. */
function columnsOf(database: DatabaseSync): string[] {
  return database
    .prepare("SELECT name FROM pragma_table_xinfo('jobs') WHERE hidden = 0 AND name <> 'seq'")
    .all()
    .map(({ name }) => String(name));
}

/** Replaces all jobs in a store by copies of one. */
export function fill(file: string, row: StoredRow, count: number): void {
  const database = new DatabaseSync(file);
  database.exec("PRAGMA synchronous = OFF; DELETE FROM jobs WHERE id LIKE 'job_bench%'");
  const columns = columnsOf(database);
  const insert = database.prepare(
    `INSERT INTO jobs (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`,
  );
  const { changed } = database.prepare("SELECT max(changed) AS changed FROM jobs").get() as { changed: number };
  const record = String(row.record);
  database.exec("BEGIN");
  for (let index = 0; index < count; index += 1) {
    const id = `job_bench${index}`;
    const copy: Record<string, SQLInputValue> = {
      ...row,
      ...{ id, key: id, changed: changed + 1 + index, record: record.replaceAll(String(row.id), id) },
      created_at: Number(row.created_at) - count + index,
    };
    insert.run(...columns.map((column) => copy[column] ?? null));
  }
  database.exec("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
  database.close();
}

/** What SQLite itself takes for the same rows with the same indexes: prepared once, durable when it returns. */
export function openRawStore(file: string, row: StoredRow) {
  const database = new DatabaseSync(file);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  const columns = Object.keys(row);
  const insert = database.prepare(
    `INSERT INTO jobs (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`,
  );
  const begin = database.prepare("BEGIN IMMEDIATE");
  const commit = database.prepare("COMMIT");
  let stored = 0;
  const waiting: (() => void)[] = [];
  return {
    /** Inserts so many rows in one transaction. */
    insert(count: number): void {
      begin.run();
      for (let index = 0; index < count; index += 1) {
        stored += 1;
        const next = { ...row, id: `job_raw${stored}`, key: `raw ${stored}`, changed: stored };
        insert.run(...columns.map((column) => next[column as keyof typeof next] as SQLInputValue));
      }
      commit.run();
    },
    /** Inserts one row with all that are waiting in the same turn. */
    insertWithOthers(): Promise<void> {
      return new Promise((resolve) => {
        if (waiting.push(resolve) === 1) {
          setImmediate(() => {
            const done = waiting.splice(0);
            this.insert(done.length);
            for (const tell of done) {
              tell();
            }
          });
        }
      });
    },
    close: () => database.close(),
  };
}

/** Where an installation keeps its jobs. */
export const jobsFile = (directory: string) => join(directory, "jobs.sqlite");
