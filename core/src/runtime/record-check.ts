import type { Clock } from "../ground/clock.ts";
import type { JobEngine } from "../job/engine.ts";
import type { Asset } from "../media/media.ts";
import type { MediaStore } from "../media/store.ts";
import type { Sentence } from "../messages/sentence.ts";

/** How many of the newest results are looked for among the media records, and of the newest media among the jobs. */
const compared = 100;

interface RecordCheckOptions {
  engine: JobEngine;
  media: MediaStore;
  clock: Clock;
  retentionMs: number;
}

/** Compares the records of media with those of jobs: they disagree when one of them was restored alone, or lost. */
export class RecordCheck {
  readonly #options: RecordCheckOptions;

  constructor(options: RecordCheckOptions) {
    this.#options = options;
  }

  /** How many results of the newest jobs have no record, though they are not old enough to be removed. */
  async resultsWithoutRecord(): Promise<number> {
    const { engine, media, clock, retentionMs } = this.#options;
    const jobs = await engine.list({ phases: ["succeeded"], limit: compared });
    const young = jobs.filter(({ createdAt }) => clock.now() - createdAt < retentionMs);
    const ids = young.flatMap(({ steps }) => steps.flatMap(({ assets }) => assets));
    const records = await Promise.all(ids.map((id) => media.read(id)));
    return records.filter((record) => record === null).length;
  }

  /** Made by a job that is on no record: kept for twice the time, until somebody has put the jobs back. */
  async isStranger({ origin, createdAt }: Asset): Promise<boolean> {
    const { engine, clock, retentionMs } = this.#options;
    return (
      origin !== undefined && clock.now() - createdAt < 2 * retentionMs && (await engine.read(origin.jobId)) === null
    );
  }

  /** What an operator has to know, as it stands now; empty as a rule. */
  async alarms(): Promise<Sentence[]> {
    const { media, retentionMs } = this.#options;
    const { newestMade, setAside } = await media.inventory(compared);
    const strangers = (await Promise.all(newestMade.map((asset) => this.isStranger(asset)))).filter(Boolean).length;
    const missing = await this.resultsWithoutRecord();
    const alarms: Sentence[] = [];
    if (missing + strangers > 0) {
      alarms.push({ key: "doctor.records-disagree", values: { missing, strangers } });
    }
    if (setAside > 0) {
      const days = Math.max(1, Math.round(retentionMs / (24 * 60 * 60_000)));
      alarms.push({ key: "doctor.files-set-aside", values: { count: setAside, days } });
    }
    return alarms;
  }
}
