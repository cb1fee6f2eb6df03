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
import { cliSurface } from "./cli-surface.ts";
import type { Configuration } from "./configuration/configuration.ts";
import { closeToOthers, createDataDirectory, installationDirectory } from "./configuration/data-directory.ts";

/** A runtime over one data directory, with everything it stands on. */
export interface Installation {
  runtime: Runtime;
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
}

/** Opens the data directory and wires core; nothing is advanced until `runtime.start()`. */
export async function openInstallation({
  configuration,
  logger,
  localUrl,
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
  const secretKey = await loadSecretKey(join(dataDirectory, "key"), random);
  const engine = openSqliteEngine({ file: join(dataDirectory, "jobs.sqlite"), clock, random, logger });
  const state = openState({ file: join(dataDirectory, "state.sqlite"), clock });
  // SQLite makes its files as everything else is made by default.
  closeToOthers(dataDirectory);
  const http = createHttp({ trustedHosts: () => hosts, clock });
  const runtime = await createRuntime({
    tools: configuration.tools,
    providers,
    engine,
    state,
    dataDirectory,
    http,
    clock,
    random,
    logger,
    publicUrl: configuration.publicListener?.url,
    localUrl,
    policy: policyOf(configuration),
    retentionDays: configuration.retentionDays,
    secretKey,
  });
  runtime.attach(cliSurface);
  let closing: Promise<void> | undefined;
  return {
    runtime,
    state,
    close() {
      closing ??= (async () => {
        await runtime.stop();
        await http.close();
        await engine.close();
        state.close();
      })();
      return closing;
    },
  };
}

function policyOf(configuration: Configuration) {
  const { operators, access, dailyLimitPerPerson, dailyLimitTotal, limitsTimeZone, askAbove } = configuration;
  return {
    ...{ operators, access, dailyPerPerson: dailyLimitPerPerson, dailyTotal: dailyLimitTotal },
    ...{ timeZone: limitsTimeZone, askAbove },
  };
}
