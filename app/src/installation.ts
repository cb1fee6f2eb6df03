import { createHmac } from "node:crypto";
import {
  createHttp,
  createRuntime,
  type Logger,
  type Runtime,
  type State,
  systemClock,
  systemRandom,
} from "@toolcast/core";
import { MediaBucket, type StoreIdentity } from "@toolcast/core/engine";
import { UnusablePath } from "@toolcast/core/errors";
import { createReceivingTurn, neverOurTurn } from "@toolcast/core/surface";
import { cliSurface } from "./cli-surface.ts";
import type { Configuration } from "./configuration/configuration.ts";
import { createDataDirectory, installationDirectory } from "./configuration/data-directory.ts";
import { openDatabaseStore } from "./database-store.ts";
import type { Role } from "./server/role.ts";
import { openStore, openUnusableStore, type Store, type UnusableStore } from "./store.ts";

/** A runtime on one data directory, with everything it needs. */
export interface Installation {
  runtime: Runtime;
  /** What is wrong with the store, if only its readable part is loaded into memory; usually null. */
  unusable: UnusableStore | null;
  /** Tells whether the store is a copy, and releases it. */
  identity: StoreIdentity;
  /** Small state, for surfaces that store some. */
  state: State;
  /** The database with everything except media; null if that is in files. */
  database: Store["database"];
  /** Whose turn it is to receive a surface's events, if not every process does; closed by the caller. */
  receivingTurn(surface: string): ReturnType<typeof createReceivingTurn> | null;
  /** Finishes work in flight, then closes every file and connection. Safe to call more than once. */
  close(): Promise<void>;
}

export interface InstallationOptions {
  configuration: Configuration;
  logger: Logger;
  /** The loopback address of our own listener, for vendors on this machine; null while there is none. */
  localUrl: () => string | null;
  /** Whether it receives requests, carries them out, or both. Default both. */
  role?: Role;
  /** An operator wants the existing key file, or a new one, to replace the earlier key. Default false. */
  newKey?: boolean;
  /** If the store cannot be used, load its readable part, for reading only. Default false. */
  evenUnusable?: boolean;
  /** Refuse a database behind a pooler that does not keep sessions, as whoever works on it must. Default false. */
  checksSessions?: boolean;
}

/** Opens the data directory and wires core; nothing is advanced until `runtime.start()`. */
export async function openInstallation({
  configuration,
  logger,
  localUrl,
  role = "all",
  newKey = false,
  evenUnusable = false,
  checksSessions = false,
}: InstallationOptions): Promise<Installation> {
  const { providers } = configuration;
  const dataDirectory = installationDirectory(configuration);
  createDataDirectory(dataDirectory);
  const hosts = [
    ...providers.flatMap(({ definition, values }) => definition.hosts(definition.schema.parse(values))),
    ...configuration.trustedHosts,
  ];
  const clock = systemClock;
  const random = systemRandom;
  const { databaseUrl } = configuration;
  const opening =
    databaseUrl === undefined
      ? openStore(dataDirectory, { logger, newKey })
      : openDatabaseStore(databaseUrl, {
          ...{ logger, newKey, checksSessions },
          isSandbox: configuration.sandboxUrl !== undefined,
        });
  const store = await opening.catch((error: unknown) => {
    if (!evenUnusable || !(error instanceof UnusablePath)) {
      throw error;
    }
    return openUnusableStore(dataDirectory, error);
  });
  const { engine, identity, state, secretKey, database, unusable } = store;
  const undoRoute = await configuration.proxies.route();
  const http = createHttp({ trustedHosts: () => hosts, clock, proxyFor: configuration.proxies.for });
  const runtime = await createRuntime({
    tools: configuration.tools,
    advances: role !== "surfaces",
    hasRoles: database !== null,
    providers,
    engine,
    identity,
    state,
    dataDirectory,
    mediaBucket: bucketOf(configuration, secretKey),
    http,
    clock,
    random,
    logger,
    publicUrl: configuration.publicListener?.url,
    localUrl,
    sandbox: configuration.sandboxUrl !== undefined,
    policy: policyOf(configuration),
    retentionDays: configuration.retentionDays,
    jobRetentionDays: configuration.jobRetentionDays,
    secretKey,
  });
  runtime.attach(cliSurface);
  let closing: Promise<void> | undefined;
  return {
    runtime,
    unusable,
    identity,
    state,
    database,
    receivingTurn(surface) {
      if (role === "worker") {
        return neverOurTurn;
      }
      return database === null ? null : createReceivingTurn({ engine, surface, clock, random, logger });
    },
    close() {
      closing ??= (async () => {
        await runtime.stop();
        await http.close();
        undoRoute();
        await store.close();
      })();
      return closing;
    },
  };
}

/** The sandbox keeps its media on the disk, because in the bucket nothing would name them. */
function bucketOf({ mediaBucket, sandboxUrl }: Configuration, secretKey: Uint8Array): MediaBucket | undefined {
  if (mediaBucket === undefined || sandboxUrl !== undefined) {
    return undefined;
  }
  const installation = createHmac("sha256", secretKey).update("media bucket").digest("hex");
  return new MediaBucket({ ...mediaBucket, installation });
}

function policyOf(configuration: Configuration) {
  const { operators, access, dailyLimitPerPerson, dailyLimitTotal, limitsTimeZone, askAbove } = configuration;
  return {
    ...{ operators, access, dailyPerPerson: dailyLimitPerPerson, dailyTotal: dailyLimitTotal },
    ...{ timeZone: limitsTimeZone, askAbove },
  };
}
