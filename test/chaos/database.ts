import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "@toolcast/core/engine";
import { type PostgresCluster, startPostgres } from "../postgres-cluster.ts";
import type { Chance } from "./chance.ts";
import { after } from "./crew.ts";

/** A PostgreSQL server with a synchronous standby, at one address whichever of the two is the primary. */
export interface Database {
  /** The address of a database of it. */
  url(name: string): string;
  /** The server that is the primary now. */
  primary(): PostgresCluster;
  /** Kills the primary and starts it again. */
  restart(awayMs: number): Promise<void>;
  /** Kills the primary for good and promotes its standby; the new primary gets a standby of its own. */
  failOver(awayMs: number): Promise<void>;
  remove(): Promise<void>;
}

/** A standby looks for a primary that was away at once: until then no commit is answered. */
const reconnectAtOnce = "wal_retrieve_retry_interval=100ms";

/** Starts both, and creates the database `name`. */
export async function startDatabase(name: string): Promise<Database> {
  let primary = await startPostgres([reconnectAtOnce]);
  await primary.createDatabase(name);
  let standby = await primary.addStandby();
  const place = mkdtempSync(join(tmpdir(), "toolcast-address-"));
  const address = join(place, "primary");
  const point = () => {
    rmSync(address, { force: true });
    symlinkSync(primary.directory, address);
  };
  point();
  return {
    url: (database) => `postgres://toolcast@localhost/${database}?host=${encodeURIComponent(address)}`,
    primary: () => primary,
    async restart(awayMs) {
      await primary.stop("SIGQUIT");
      await after(awayMs);
      await primary.start();
    },
    async failOver(awayMs) {
      const dead = primary;
      await dead.stop("SIGQUIT");
      await after(awayMs);
      await standby.promote();
      primary = standby;
      point();
      await dead.remove();
      standby = await primary.addStandby();
    },
    async remove() {
      await Promise.all([standby.remove(), primary.remove()]);
      rmSync(place, { recursive: true, force: true });
    },
  };
}

/** What happened to the database. */
export interface DatabaseFaults {
  restarts: number;
  failovers: number;
  /** When it was away, by a correct clock. */
  away: { from: number; to: number }[];
  /** From now on it stays up. */
  calm(): Promise<void>;
}

export interface DatabaseFaultsOptions {
  database: Database;
  clock: Clock;
  whileWell: (act: () => Promise<void>) => Promise<void>;
  chance: Chance;
  /** How many wishes have been made so far: the faults grow with the work. */
  asked: () => number;
  /** Real milliseconds between two faults. */
  everyMs: readonly [least: number, most: number];
}

/** Each fault happens once, and more follow as the work grows. */
const firstFaults = 2;
const wishesPerFurtherFault = 20;
/** How long it is away, in real milliseconds. */
const awayMs = [100, 1_200] as const;

/** Takes turns in killing and restarting the primary and failing over to its standby. */
export function runDatabaseFaults({
  database,
  clock,
  whileWell,
  chance,
  asked,
  everyMs,
}: DatabaseFaultsOptions): DatabaseFaults {
  const over = Promise.withResolvers<void>();
  const faults: DatabaseFaults = { restarts: 0, failovers: 0, away: [], calm };
  let isCalm = false;
  const living = live();

  async function live(): Promise<void> {
    for (;;) {
      await Promise.race([over.promise, after(chance.between(...everyMs))]);
      const { restarts, failovers } = faults;
      const isOwed = restarts + failovers < firstFaults;
      if (isCalm && !isOwed) return;
      if (restarts + failovers >= firstFaults + asked() / wishesPerFurtherFault) continue;
      if (restarts > failovers) {
        await noted(() => database.failOver(chance.between(...awayMs)));
        faults.failovers += 1;
      } else {
        await noted(() => database.restart(chance.between(...awayMs)));
        faults.restarts += 1;
      }
    }
  }

  function noted(act: () => Promise<void>): Promise<void> {
    return whileWell(async () => {
      const span = { from: clock.now(), to: Number.POSITIVE_INFINITY };
      faults.away.push(span);
      await act();
      span.to = clock.now();
    });
  }

  async function calm(): Promise<void> {
    isCalm = true;
    over.resolve();
    await living;
  }

  return faults;
}
