import type { JobEngine } from "../job/engine.ts";
import type { StoreIdentity } from "../job/store-identity.ts";
import { type State, stateIn } from "../state/open-state.ts";
import type { PostgresDatabase } from "./postgres-database.ts";
import { connectPostgresEngine, type PostgresEngineOptions } from "./postgres-engine.ts";
import { openPostgresIdentity } from "./postgres-identity.ts";
import { KeyvPostgres, StateTable } from "./postgres-keyv.ts";

interface PostgresStoreOptions extends PostgresEngineOptions {
  /** Whether an operator wants a new secret key in place of the one there is. Default false. */
  newKey?: boolean;
}

/** Everything that processes on any number of hosts share, except media. */
export interface PostgresStore {
  engine: JobEngine;
  state: State;
  identity: StoreIdentity;
  /** 32 bytes, the same in every process. */
  secretKey: Uint8Array;
  /** The connections, for what a surface stores in tables of its own. */
  database: PostgresDatabase;
  /** Safe to call again. */
  close(): Promise<void>;
}

/** Opens, and if necessary creates, a whole store in one schema of a PostgreSQL database. */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<PostgresStore> {
  const { clock, random, newKey } = options;
  const { engine, database } = await connectPostgresEngine(options);
  try {
    const { identity, secretKey } = await openPostgresIdentity({ database, clock, random, newKey });
    const table = new StateTable(database);
    const state = stateIn({ adapter: () => new KeyvPostgres(table), close: () => {} });
    return { engine, state, identity, secretKey, database, close: () => engine.close() };
  } catch (error) {
    await engine.close();
    throw error;
  }
}
