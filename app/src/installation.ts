import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  createHttp,
  createRuntime,
  type Logger,
  loadSecretKey,
  openSqliteEngine,
  openState,
  type Runtime,
  type State,
  systemClock,
  systemRandom,
} from "@toolcast/core";
import { openSqliteIdentity, type StoreIdentity } from "@toolcast/core/engine";
import { UnusablePath } from "@toolcast/core/errors";
import { cliSurface } from "./cli-surface.ts";
import type { Configuration } from "./configuration/configuration.ts";
import { closeToOthers, createDataDirectory, installationDirectory } from "./configuration/data-directory.ts";

/** A runtime over one data directory, with everything it stands on. */
export interface Installation {
  runtime: Runtime;
  /** Whether it is a copy, and the release of it. */
  identity: StoreIdentity;
  /** Small state, for surfaces that keep some. */
  state: State;
  /** Drains what is in flight, then closes every file and connection. Safe to call again. */
  close(): Promise<void>;
}

export interface InstallationOptions {
  configuration: Configuration;
  logger: Logger;
  /** The loopback address of our own listener, for vendors on this machine; null while nothing listens. */
  localUrl: () => string | null;
  /** An operator wants a new key, or the one that is there, in place of the earlier one. Default false. */
  newKey?: boolean;
}

/** Opens the data directory and wires core; nothing is advanced until `runtime.start()`. */
export async function openInstallation({
  configuration,
  logger,
  localUrl,
  newKey = false,
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
  const [keyFile, jobs, stateFile] = ["key", "jobs.sqlite", "state.sqlite"].map((name) =>
    join(dataDirectory, name),
  ) as [string, string, string];
  assertNotEmptied(jobs, stateFile);
  const secretKey = await loadSecretKey(keyFile, random, newKey || !existsSync(jobs));
  const engine = openSqliteEngine({ file: jobs, clock, random, logger });
  const state = openState({ file: stateFile, clock });
  const identity = await closingAfterError(
    () =>
      openSqliteIdentity({ jobs, state: stateFile, key: { file: keyFile, bytes: secretKey, isNew: newKey }, random }),
    [() => engine.close(), () => state.close()],
  );
  // SQLite makes its files as everything else is made by default.
  closeToOthers(dataDirectory);
  const undoRoute = configuration.proxies.route();
  const http = createHttp({ trustedHosts: () => hosts, clock, proxyFor: configuration.proxies.for });
  const runtime = await createRuntime({
    tools: configuration.tools,
    providers,
    engine,
    identity,
    state,
    dataDirectory,
    http,
    clock,
    random,
    logger,
    publicUrl: configuration.publicListener?.url,
    localUrl,
    sandbox: configuration.sandboxUrl !== undefined,
    policy: policyOf(configuration),
    retentionDays: configuration.retentionDays,
    secretKey,
  });
  runtime.attach(cliSurface);
  let closing: Promise<void> | undefined;
  return {
    runtime,
    identity,
    state,
    close() {
      closing ??= (async () => {
        await runtime.stop();
        await http.close();
        undoRoute();
        identity.close();
        await engine.close();
        state.close();
      })();
      return closing;
    },
  };
}

/** The first database to be made is never empty once the second one is there: somebody or something has cut it off. */
function assertNotEmptied(jobs: string, state: string): void {
  if (existsSync(state) && statSync(jobs, { throwIfNoEntry: false })?.size === 0) {
    throw new UnusablePath(jobs, "empty");
  }
}

async function closingAfterError<Result>(
  open: () => Result,
  closers: readonly (() => Promise<void> | void)[],
): Promise<Result> {
  try {
    return open();
  } catch (error) {
    for (const close of closers) {
      await close();
    }
    throw error;
  }
}

function policyOf(configuration: Configuration) {
  const { operators, access, dailyLimitPerPerson, dailyLimitTotal, limitsTimeZone, askAbove } = configuration;
  return {
    ...{ operators, access, dailyPerPerson: dailyLimitPerPerson, dailyTotal: dailyLimitTotal },
    ...{ timeZone: limitsTimeZone, askAbove },
  };
}
