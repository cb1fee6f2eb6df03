import type { DatabaseSync } from "node:sqlite";
import type { Job } from "../job/job.ts";
import { readJob } from "../job/read-job.ts";
import { openToRead } from "../state/open-to-read.ts";

/** What a job database still gives. */
export interface SalvagedJobs {
  /** The newest 10,000 at most, oldest first. */
  jobs: Job[];
  /** How many there are besides that could not be read; null when not even their number is known. */
  lost: number | null;
}

const mostJobs = 10_000;
/** Numbers of rows that were never given or are of damaged pages are tried too, this many at most. */
const mostTries = 200_000;

/** Reads what can be read of a job database that is damaged or cannot be written; changes nothing in it and never throws. */
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

/** Row by row: what lies on a damaged page is passed over, and not everything behind it. */
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

/** By the table, or where its end is damaged by one of its indexes, which hold the number of each row too. */
function lastRow(database: DatabaseSync): number {
  for (const source of ["jobs", "jobs INDEXED BY jobs_created", "jobs INDEXED BY jobs_phase"]) {
    const last = attempt(() => Number(database.prepare(`SELECT max(seq) AS last FROM ${source}`).get()?.last));
    if (last !== null) {
      return last;
    }
  }
  // Up to the damage, then.
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
