import { toMillionths } from "../ground/millionths.ts";
import type { Admission } from "../job/engine.ts";
import { phasesAtRest } from "../job/job.ts";
import type { Sql } from "./postgres-database.ts";

/** Why a job was not admitted, with instants in the database's time. */
export type Refusal =
  | { end: "full"; resource: string }
  | { end: "too-fast"; retryAt: number }
  | { end: "over"; counter: string; count: number };

/** Places, rates and counters within one transaction that has the admission lock, to be undone on a refusal. */
export interface AdmissionStore {
  /**
   * Takes everything that the admission asks for; returns null when admitted. On a refusal, part of it may have been
   * taken.
   */
  take(seq: number, admission: Admission): Promise<Refusal | null>;
  /** Gives back every place that the job holds; returns their resources. */
  release(seq: number): Promise<string[]>;
  /** Gives back the places that jobs at rest, or removed ones, still hold. */
  releaseAtRest(): Promise<void>;
  /** How many jobs hold a place of the resource. */
  held(resource: string): Promise<number>;
  /** When the `n`th latest admission of this rate was, counted from 0; null if there is none. */
  nthLatest(name: string, n: number): Promise<number | null>;
  uncount(name: string, amount: number): Promise<void>;
  count(name: string, amount: number): Promise<void>;
}

/** Looks each holder up by its number, whatever the planner expects: there are never more of them than places. */
const isAtRest = `coalesce((SELECT phase FROM toolcast.jobs WHERE seq = holds.job), 'removed')
  IN ('removed', ${phasesAtRest.map((phase) => `'${phase}'`).join(", ")})`;

/** Whether a job at rest, or one that was removed, still holds a place. */
export const heldAtRest = `EXISTS (SELECT FROM toolcast.holds WHERE ${isAtRest})`;

/** `now` is the database's time at the beginning of the write. */
export function admissionsIn(sql: Sql, now: number): AdmissionStore {
  async function counter(name: string): Promise<number> {
    const [row] = await sql("SELECT count FROM toolcast.counters WHERE name = :name", { name });
    return Number(row?.count ?? 0);
  }

  async function setCounter(name: string, count: number): Promise<void> {
    await sql(
      `INSERT INTO toolcast.counters (name, count) VALUES (:name, :count)
       ON CONFLICT (name) DO UPDATE SET count = excluded.count`,
      { name, count },
    );
  }

  async function takePlaces(seq: number, holds: Admission["holds"]): Promise<Refusal | null> {
    for (const { resource, max } of holds) {
      const [row] = await sql(
        `SELECT count(*) FILTER (WHERE job <> :seq) AS others, count(*) FILTER (WHERE job = :seq) AS own
         FROM toolcast.holds WHERE resource = :resource`,
        { resource, seq },
      );
      if (Number(row?.own) > 0) {
        continue;
      }
      if (Number(row?.others) >= max) {
        return { end: "full", resource };
      }
      await sql("INSERT INTO toolcast.holds (resource, job) VALUES (:resource, :seq)", { resource, seq });
    }
    return null;
  }

  async function nthLatest(name: string, n: number): Promise<number | null> {
    const [row] = await sql(
      "SELECT at FROM toolcast.admissions WHERE name = :name ORDER BY at DESC LIMIT 1 OFFSET :n::bigint",
      { name, n },
    );
    return row === undefined ? null : Number(row.at);
  }

  async function takeRate({ name, max, windowMs }: NonNullable<Admission["rate"]>): Promise<Refusal | null> {
    // Includes those dated in the future: the database's clock has been set back since.
    await sql("DELETE FROM toolcast.admissions WHERE name = :name AND (at <= :old::bigint OR at > :at::bigint)", {
      ...{ name, old: Math.floor(now - windowMs), at: now },
    });
    const blocking = max < 1 ? now : await nthLatest(name, max - 1);
    if (blocking !== null) {
      return { end: "too-fast", retryAt: blocking + windowMs };
    }
    await sql("INSERT INTO toolcast.admissions (name, at) VALUES (:name, :at::bigint)", { name, at: now });
    return null;
  }

  return {
    async take(seq, admission) {
      const refusal =
        (await takePlaces(seq, admission.holds)) ?? (admission.rate ? await takeRate(admission.rate) : null);
      if (refusal) {
        return refusal;
      }
      for (const { name, amount, max } of admission.counters) {
        const count = await counter(name);
        if (count + amount > max) {
          return { end: "over", counter: name, count };
        }
        await setCounter(name, count + amount);
      }
      return null;
    },
    async release(seq) {
      const rows = await sql("DELETE FROM toolcast.holds WHERE job = :seq RETURNING resource", { seq });
      return rows.map(({ resource }) => String(resource));
    },
    async releaseAtRest() {
      await sql(`DELETE FROM toolcast.holds WHERE job = ANY (ARRAY(SELECT job FROM toolcast.holds WHERE ${isAtRest}))`);
    },
    async held(resource) {
      const [row] = await sql("SELECT count(*) AS count FROM toolcast.holds WHERE resource = :resource", { resource });
      return Number(row?.count);
    },
    nthLatest,
    async uncount(name, amount) {
      await setCounter(name, toMillionths(Math.max(0, (await counter(name)) - amount)));
    },
    async count(name, amount) {
      await setCounter(name, toMillionths((await counter(name)) + amount));
    },
  };
}
