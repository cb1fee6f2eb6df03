import {
  type Database,
  type DatabaseFaults,
  type DatabaseFaultsOptions,
  runDatabaseFaults,
  startDatabase,
} from "./database.ts";
import type { World } from "./settings.ts";
import { linkMedia, restoreFiles, type TakeBackup, takeFileBackup } from "./store.ts";

/** What the store of a run's apps is on: files, or a database that fails. */
export interface Underlay {
  /** Where the apps find it. */
  place: Pick<World, "databaseUrl">;
  /** Null for files. */
  runFaults(options: Omit<DatabaseFaultsOptions, "database" | "whileWell">): DatabaseFaults | null;
  /** Acts while no fault is under way, and keeps the next one waiting. */
  whileWell: <T>(act: () => Promise<T>) => Promise<T>;
  takeBackup: TakeBackup;
  /** Puts a copy in the place of the data, as a restored backup is; nobody has the original open, and it is gone then. */
  restore(world: World): Promise<World>;
  /** Every row as text; null for files. */
  dump(world: World): string | null;
  end(): Promise<void>;
}

export async function openUnderlay(engine: "sqlite" | "postgres"): Promise<Underlay> {
  return engine === "postgres" ? overDatabase(await startDatabase("installation")) : overFiles;
}

const overFiles: Underlay = {
  place: {},
  runFaults: () => null,
  whileWell: (act) => act(),
  takeBackup: takeFileBackup,
  async restore(world) {
    restoreFiles(world);
    return world;
  },
  dump: () => null,
  end: async () => {},
};

function overDatabase(database: Database): Underlay {
  let name = "installation";
  let copies = 0;
  let queue: Promise<unknown> = Promise.resolve();

  const whileWell: Underlay["whileWell"] = (act) => {
    const turn = queue.then(act);
    queue = turn.catch(() => {});
    return turn;
  };

  async function copy(): Promise<string> {
    copies += 1;
    const to = `copy_${copies}`;
    const server = database.primary();
    const dump = server.dump(name);
    await server.createDatabase(to);
    server.restore(to, dump);
    return to;
  }

  return {
    place: { databaseUrl: database.url(name) },
    runFaults: (options) => runDatabaseFaults({ ...options, database, whileWell }),
    whileWell,
    async takeBackup(world, directory) {
      const to = await copy();
      linkMedia(world.dataDirectory, directory);
      return { ...world, dataDirectory: directory, databaseUrl: database.url(to) };
    },
    async restore(world) {
      const to = await copy();
      await database.primary().dropDatabase(name);
      name = to;
      return { ...world, databaseUrl: database.url(to) };
    },
    dump: () => database.primary().dump(name),
    end: () => database.remove(),
  };
}
