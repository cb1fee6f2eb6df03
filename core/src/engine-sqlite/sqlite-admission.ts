import type { DatabaseSync } from "node:sqlite";
import type { Clock } from "../ground/clock.ts";
import { toMillionths } from "../ground/millionths.ts";
import type { Admission, WriteEnd } from "../job/engine.ts";
import { phasesAtRest } from "../job/job.ts";
import { createQueuePositions } from "./sqlite-queue-position.ts";

/** The job that asks for admission. */
export interface Applicant {
  seq: number;
  provider: string;
  createdAt: number;
}

/** Places, rates and counters. Call every method within a transaction, and roll it back on a refusal. */
export interface AdmissionStore {
  /**
   * Takes everything that the admission asks for; returns null when admitted. On a refusal, part of it may have been
   * taken.
   */
  take(applicant: Applicant, admission: Admission, now: number): WriteEnd | null;
  /** Gives back every place that the job holds; returns their resources. */
  release(seq: number): string[];
  /** Whether a job at rest, or one that was removed, still holds a place. */
  isHeldAtRest(): boolean;
  /** Gives those places back. */
  releaseAtRest(): void;
  /** How many jobs hold a place of the resource. */
  held(resource: string): number;
  /** When the `n`th latest admission of this rate was, counted from 0, epoch milliseconds; null if there is none. */
  nthLatest(name: string, n: number): number | null;
  uncount(name: string, amount: number): void;
  count(name: string, amount: number): void;
  counter(name: string): number;
  counters(prefix: string, from?: string): { name: string; count: number }[];
  removeCounters(from: string, before: string, limit: number): number;
}

/** Looks each holder up by its number: there are never more of them than places. */
const isAtRest = `coalesce((SELECT phase FROM jobs WHERE seq = holds.job), 'removed')
  IN ('removed', ${phasesAtRest.map((phase) => `'${phase}'`).join(", ")})`;

/** Sorts after every character of a name. */
const lastCharacter = "\u{10ffff}";

export function createAdmissionStore(database: DatabaseSync, clock: Clock): AdmissionStore {
  const positions = createQueuePositions(database, clock);
  const otherHolders = database.prepare("SELECT count(*) AS count FROM holds WHERE resource = ? AND job <> ?");
  const isHeld = database.prepare("SELECT 1 FROM holds WHERE resource = ? AND job = ?");
  const hold = database.prepare("INSERT INTO holds (resource, job) VALUES (?, ?)");
  const holders = database.prepare("SELECT count(*) AS count FROM holds WHERE resource = ?");
  const drop = database.prepare("DELETE FROM holds WHERE job = ? RETURNING resource");
  const heldAtRest = database.prepare(`SELECT 1 FROM holds WHERE ${isAtRest} LIMIT 1`);
  const dropAtRest = database.prepare(`DELETE FROM holds WHERE ${isAtRest}`);
  // Includes those dated in the future: the clock has been set back since.
  const forget = database.prepare("DELETE FROM admissions WHERE name = ? AND (at <= ? OR at > ?)");
  const nthLatest = database.prepare("SELECT at FROM admissions WHERE name = ? ORDER BY at DESC LIMIT 1 OFFSET ?");
  const admit = database.prepare("INSERT INTO admissions (name, at) VALUES (?, ?)");
  const readCounter = database.prepare("SELECT count FROM counters WHERE name = ?");
  const counted = database.prepare(
    "SELECT name, count FROM counters WHERE name >= ? AND name < ? AND count <> 0 ORDER BY name",
  );
  const removeCounters = database.prepare(
    "DELETE FROM counters WHERE name IN (SELECT name FROM counters WHERE name >= ? AND name < ? ORDER BY name LIMIT ?)",
  );
  const setCounter = database.prepare(
    "INSERT INTO counters (name, count) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET count = excluded.count",
  );

  function counter(name: string): number {
    return Number(readCounter.get(name)?.count ?? 0);
  }

  function takePlaces(applicant: Applicant, holds: Admission["holds"]): WriteEnd | null {
    for (const { resource, max } of holds) {
      if (isHeld.get(resource, applicant.seq)) {
        continue;
      }
      if (Number(otherHolders.get(resource, applicant.seq)?.count) >= max) {
        return { end: "full", resource, ahead: positions.ahead(applicant) };
      }
      hold.run(resource, applicant.seq);
    }
    return null;
  }

  function takeRate(rate: NonNullable<Admission["rate"]>, now: number): WriteEnd | null {
    forget.run(rate.name, now - rate.windowMs, now);
    const blocking = rate.max < 1 ? { at: now } : nthLatest.get(rate.name, rate.max - 1);
    if (blocking) {
      return { end: "too-fast", retryAt: Number(blocking.at) + rate.windowMs };
    }
    admit.run(rate.name, now);
    return null;
  }

  return {
    take(applicant, admission, now) {
      const refusal = takePlaces(applicant, admission.holds) ?? (admission.rate ? takeRate(admission.rate, now) : null);
      if (refusal) {
        return refusal;
      }
      for (const { name, amount, max } of admission.counters) {
        const count = counter(name);
        if (count + amount > max) {
          return { end: "over", counter: name, count };
        }
        setCounter.run(name, count + amount);
      }
      return null;
    },
    release: (seq) => drop.all(seq).map(({ resource }) => String(resource)),
    isHeldAtRest: () => heldAtRest.get() !== undefined,
    releaseAtRest() {
      dropAtRest.run();
    },
    held: (resource) => Number(holders.get(resource)?.count),
    nthLatest(name, n) {
      const row = nthLatest.get(name, n);
      return row === undefined ? null : Number(row.at);
    },
    uncount(name, amount) {
      setCounter.run(name, toMillionths(Math.max(0, counter(name) - amount)));
    },
    count(name, amount) {
      setCounter.run(name, toMillionths(counter(name) + amount));
    },
    counter,
    counters: (prefix, from = prefix) =>
      counted
        .all(from > prefix ? from : prefix, prefix + lastCharacter)
        .map((row) => ({ name: String(row.name), count: Number(row.count) })),
    removeCounters: (from, before, limit) => Number(removeCounters.run(from, before, limit).changes),
  };
}
