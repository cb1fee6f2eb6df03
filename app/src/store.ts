import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  systemClock as clock,
  type Logger,
  loadSecretKey,
  openSqliteEngine,
  type RuntimeOptions,
  systemRandom as random,
  type State,
} from "@toolcast/core";
import {
  mergeEarlierState,
  openSqliteIdentity,
  type PostgresStore,
  type StoreIdentity,
  salvageJobs,
  salvageState,
  wasMoved,
} from "@toolcast/core/engine";
import { UnusablePath } from "@toolcast/core/errors";
import { closeToOthers } from "./configuration/data-directory.ts";

/** What an installation stores, in its data directory or in a database. */
export interface Store {
  engine: RuntimeOptions["engine"];
  state: State;
  identity: StoreIdentity;
  secretKey: Uint8Array;
  /** The connections to the database; null if everything is in the data directory. */
  database: PostgresStore["database"] | null;
  /** Why this is only an in-memory copy of what could be read; usually null. */
  unusable: UnusableStore | null;
  close(): Promise<void>;
}

/** What is wrong with a store, and what could still be read from it. */
export interface UnusableStore {
  error: UnusablePath;
  jobs: number;
  /** How many more jobs there are; null when unknown. */
  lost: number | null;
}

export interface StoreOptions {
  logger: Logger;
  /** An operator wants the existing key file, or a new one, to replace the earlier key. */
  newKey: boolean;
}

/** Opens the store; throws an `UnusablePath` if it cannot be used, and then has changed nothing in it. */
export async function openStore(directory: string, { logger, newKey }: StoreOptions): Promise<Store> {
  const { keyFile, jobs, epoch, earlierState } = filesOf(directory);
  assertNotEmptied(jobs, [epoch, earlierState]);
  if (wasMoved(jobs)) {
    throw new UnusablePath(jobs, "moved");
  }
  const secretKey = await loadSecretKey(keyFile, random, newKey || !existsSync(jobs));
  const opened: (() => Promise<void> | void)[] = [];
  const close = async () => {
    for (const closeOne of opened.splice(0).reverse()) {
      await closeOne();
    }
  };
  try {
    mergeEarlierState({ jobs, state: earlierState, epoch });
    const engine = openSqliteEngine({ file: jobs, clock, random, logger });
    opened.push(() => engine.close());
    // Whoever has it open keeps it from being moved; it may have been moved until now.
    if (wasMoved(jobs)) {
      throw new UnusablePath(jobs, "moved");
    }
    const key = { file: keyFile, bytes: secretKey, isNew: newKey };
    const identity = openSqliteIdentity({ jobs, epoch, key, random });
    opened.push(() => identity.close());
    // SQLite creates its files with the default permissions.
    closeToOthers(directory);
    return { engine, state: engine.state, identity, secretKey, database: null, unusable: null, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * The readable part of an unusable store, copied into memory; the files are not changed. If nothing can be read, throws
 * the error that says what is wrong.
 */
export async function openUnusableStore(directory: string, error: UnusablePath): Promise<Store> {
  const { keyFile, jobs: jobsFile, earlierState } = filesOf(directory);
  const { jobs, lost } = salvageJobs(jobsFile);
  if (jobs.length === 0) {
    throw error;
  }
  const secretKey = await loadSecretKey(keyFile, random, false).catch(() => random.bytes(32));
  const engine = openSqliteEngine({ file: ":memory:", clock, random });
  await Promise.all(jobs.map((job) => engine.create(job, { wakeAt: null })));
  const state = await salvageState([jobsFile, earlierState], clock);
  return {
    ...{ engine, state, secretKey, database: null },
    identity: { held: () => null, begin() {}, release() {} },
    unusable: { error, jobs: jobs.length, lost },
    async close() {
      await engine.close();
      state.close();
    },
  };
}

/** The files that a store in a data directory consists of. */
export function filesOf(directory: string) {
  const at = (name: string) => join(directory, name);
  return { keyFile: at("key"), jobs: at("jobs.sqlite"), epoch: at("store-epoch"), earlierState: at("state.sqlite") };
}

/** The database is created first, so it is never empty once one of the others exists: it must have been truncated. */
function assertNotEmptied(jobs: string, others: readonly string[]): void {
  if (others.some((file) => existsSync(file)) && statSync(jobs, { throwIfNoEntry: false })?.size === 0) {
    throw new UnusablePath(jobs, "empty");
  }
}
