import type { Clock } from "../ground/clock.ts";
import type { JobEngine } from "../job/engine.ts";
import type { Asset } from "../media/media.ts";
import type { MediaStore } from "../media/store.ts";
import type { Sentence } from "../messages/sentence.ts";
import type { Deletions } from "../state/deletions.ts";

/**
 * How many of the newest jobs are checked for missing media records, and how many of the newest media for missing jobs.
 */
const compared = 100;

interface RecordCheckOptions {
  engine: JobEngine;
  media: MediaStore;
  deletions: Pick<Deletions, "of">;
  clock: Clock;
  retentionMs: number;
}

/**
 * Compares the records of media with those of jobs: they contradict each other if only one of the two was restored, or
 * one was lost.
 */
export class RecordCheck {
  readonly #options: RecordCheckOptions;

  constructor(options: RecordCheckOptions) {
    this.#options = options;
  }

  /** How many results of the newest jobs have no record, although they are not old enough to have been removed. */
  async resultsWithoutRecord(): Promise<number> {
    const { engine, media, deletions, clock, retentionMs } = this.#options;
    const jobs = await engine.list({ phases: ["succeeded"], limit: compared });
    const young = jobs.filter(({ createdAt }) => clock.now() - createdAt < retentionMs);
    const ids = young.flatMap(({ steps }) => steps.flatMap(({ assets }) => assets));
    const records = await Promise.all(ids.map(async (id) => (await media.read(id)) ?? deletions.of(id)));
    return records.filter((record) => record === null).length;
  }

  /** Whether its job has no record. Such media are kept twice as long, because somebody may still restore the jobs. */
  async isStranger({ origin, createdAt }: Asset): Promise<boolean> {
    const { engine, clock, retentionMs } = this.#options;
    return (
      origin !== undefined && clock.now() - createdAt < 2 * retentionMs && (await engine.read(origin.jobId)) === null
    );
  }

  /** What an operator has to know now; usually empty. */
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
