import { cpSync, existsSync, linkSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { backup, DatabaseSync } from "node:sqlite";
import { loadSecretKey, openSqliteEngine, systemRandom as random, type State } from "@toolcast/core";
import {
  type Clock,
  type JobEngine,
  openPostgresStore,
  openSqliteIdentity,
  type StoreIdentity,
} from "@toolcast/core/engine";
import { createFastClock } from "./fast-clock.ts";
import type { World } from "./settings.ts";

/** What a process opens before anything else. */
export interface OpenedStore {
  engine: JobEngine;
  state: State;
  identity: StoreIdentity;
  secretKey: Uint8Array;
  close(): Promise<void>;
}

type EngineLogger = NonNullable<Parameters<typeof openPostgresStore>[0]["logger"]>;

/** Opens the store of the world's apps: files, or a database whose own clock is right whatever the machine's says. */
export async function openStore(world: World, clock: Clock, logger?: EngineLogger): Promise<OpenedStore> {
  const { databaseUrl: url } = world;
  if (url !== undefined) {
    const databaseTime = createFastClock(world).now;
    return openPostgresStore({ ...{ url, clock, random, databaseTime }, ...(logger && { logger }) });
  }
  const [file, epoch, keyFile] = ["jobs.sqlite", "store-epoch", "key"].map((name) =>
    join(world.dataDirectory, name),
  ) as [string, string, string];
  mkdirSync(world.dataDirectory, { recursive: true, mode: 0o700 });
  const secretKey = await loadSecretKey(keyFile, random);
  const engine = openSqliteEngine({ ...{ file, clock, random }, ...(logger && { logger }) });
  const identity = openSqliteIdentity({ jobs: file, epoch, key: { file: keyFile, bytes: secretKey }, random });
  return {
    ...{ engine, state: engine.state, identity, secretKey },
    async close() {
      identity.close();
      await engine.close();
    },
  };
}

/** Copies what the apps have stored while they work on it. Returns the world of an app on the copy. */
export type TakeBackup = (world: World, directory: string) => Promise<World>;

/** As an operator takes one of a running installation: the database whole, and the media, which never change. */
export const takeFileBackup: TakeBackup = async (world, directory) => {
  mkdirSync(directory, { mode: 0o700 });
  const source = new DatabaseSync(join(world.dataDirectory, "jobs.sqlite"), { readOnly: true });
  await backup(source, join(directory, "jobs.sqlite"), { rate: 100_000 });
  source.close();
  cpSync(join(world.dataDirectory, "key"), join(directory, "key"));
  linkMedia(world.dataDirectory, directory);
  return { ...world, dataDirectory: directory };
};

/** The media of `from`, as files of `to` with the same contents. */
export function linkMedia(from: string, to: string): void {
  const media = join(from, "media");
  mkdirSync(to, { recursive: true, mode: 0o700 });
  for (const name of existsSync(media) ? readdirSync(media, { recursive: true, encoding: "utf8" }) : []) {
    const [path, target] = [join(media, name), join(to, "media", relative(media, join(media, name)))];
    // Half-written files and the probes of a disk come and go.
    if (!name.startsWith("incoming") && statSync(path, { throwIfNoEntry: false })?.isFile()) {
      mkdirSync(dirname(target), { recursive: true });
      linkSync(path, target);
    }
  }
}

/** Puts a copy in the place of the data, as a restored backup is; nobody has the original open, and it is gone then. */
export function restoreFiles({ dataDirectory }: World): void {
  const original = `${dataDirectory}-original`;
  renameSync(dataDirectory, original);
  cpSync(original, dataDirectory, { recursive: true, preserveTimestamps: true });
  rmSync(original, { recursive: true });
}
