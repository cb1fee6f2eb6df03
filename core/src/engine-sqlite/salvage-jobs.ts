import type { DatabaseSync } from "node:sqlite";
import type { Job } from "../job/job.ts";
import { readJob } from "../job/read-job.ts";
import { openToRead } from "../state/open-to-read.ts";

/** What can still be read from a job database. */
export interface SalvagedJobs {
  /** At most the newest 10,000, oldest first. */
  jobs: Job[];
  /** How many others could not be read; null if not even their number is known. */
  lost: number | null;
}

const mostJobs = 10_000;
/** Row ids that were never used or are on damaged pages are tried as well, at most this many. */
const mostTries = 200_000;

/**
 * Reads what can be read from a job database that is damaged or not writable; changes nothing in it and never throws.
 */
export function salvageJobs(file: string): SalvagedJobs {
  const database = openToRead(file);
  if (database === null) {
    return { jobs: [], lost: null };
  }
  try {
    return readJobs(database);
  } catch {
    return { jobs: [], lost: null };
  } finally {
    database.close();
  }
}

/** Row by row, which skips only the rows on a damaged page and not everything after it. */
function readJobs(database: DatabaseSync): SalvagedJobs {
  const record = database.prepare("SELECT record FROM jobs WHERE seq = ?");
  const jobs: Job[] = [];
  let passedOver = 0;
  const last = lastRow(database);
  for (let seq = last; seq > Math.max(0, last - mostTries) && jobs.length < mostJobs; seq -= 1) {
    try {
      const row = record.get(seq);
      if (row !== undefined) {
        jobs.push(readJob(String(row.record)));
      }
    } catch {
      passedOver += 1;
    }
  }
  const count = attempt(() => Number(database.prepare("SELECT count(*) AS count FROM jobs").get()?.count));
  const isWhole = count !== null && passedOver === 0;
  return { jobs: jobs.reverse(), lost: isWhole ? Math.max(0, count - jobs.length) : passedOver || null };
}

/** From the table or, if its end is damaged, from one of its indexes, which contain every row id, too. */
function lastRow(database: DatabaseSync): number {
  for (const source of ["jobs", "jobs INDEXED BY jobs_phase", "jobs INDEXED BY jobs_queue"]) {
    const last = attempt(() => Number(database.prepare(`SELECT max(seq) AS last FROM ${source}`).get()?.last));
    if (last !== null) {
      return last;
    }
  }
  // Return what was read before the damage.
  let last = 0;
  attempt(() => {
    for (const row of database.prepare("SELECT seq FROM jobs ORDER BY seq").iterate()) {
      last = Number(row.seq);
    }
  });
  return last;
}

function attempt<Value>(act: () => Value): Value | null {
  try {
    return act();
  } catch {
    return null;
  }
}
