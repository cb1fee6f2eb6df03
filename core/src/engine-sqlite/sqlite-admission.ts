import type { DatabaseSync } from "node:sqlite";
import { toMillionths } from "../ground/millionths.ts";
import type { Admission, WriteEnd } from "../job/engine.ts";

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
  release(seq: number): void;
  uncount(name: string, amount: number): void;
  count(name: string, amount: number): void;
  counter(name: string): number;
  counters(prefix: string): { name: string; count: number }[];
}

export function createAdmissionStore(database: DatabaseSync): AdmissionStore {
  const otherHolders = database.prepare("SELECT count(*) AS count FROM holds WHERE resource = ? AND job <> ?");
  const isHeld = database.prepare("SELECT 1 FROM holds WHERE resource = ? AND job = ?");
  const hold = database.prepare("INSERT INTO holds (resource, job) VALUES (?, ?)");
  const drop = database.prepare("DELETE FROM holds WHERE job = ?");
  const queuedBefore = database.prepare(
    `SELECT count(*) AS count FROM jobs
     WHERE provider = ? AND phase = 'queued' AND (created_at, seq) < (?, ?)`,
  );
  // Includes those dated in the future: the clock has been set back since.
  const forget = database.prepare("DELETE FROM admissions WHERE name = ? AND (at <= ? OR at > ?)");
  const nthLatest = database.prepare("SELECT at FROM admissions WHERE name = ? ORDER BY at DESC LIMIT 1 OFFSET ?");
  const admit = database.prepare("INSERT INTO admissions (name, at) VALUES (?, ?)");
  const readCounter = database.prepare("SELECT count FROM counters WHERE name = ?");
  const counted = database.prepare(
    "SELECT name, count FROM counters WHERE substr(name, 1, ?) = ? AND count <> 0 ORDER BY name",
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
        const { provider, createdAt, seq } = applicant;
        const ahead = Number(queuedBefore.get(provider, createdAt, seq)?.count);
        return { end: "full", resource, ahead };
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
      if (admission.holds.length === 0) {
        drop.run(applicant.seq);
      }
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
    release(seq) {
      drop.run(seq);
    },
    uncount(name, amount) {
      setCounter.run(name, toMillionths(Math.max(0, counter(name) - amount)));
    },
    count(name, amount) {
      setCounter.run(name, toMillionths(counter(name) + amount));
    },
    counter,
    counters: (prefix) =>
      counted.all(prefix.length, prefix).map((row) => ({ name: String(row.name), count: Number(row.count) })),
  };
}
