import { type Caller, type Logger, type Runtime, type State, systemClock } from "@toolcast/core";
import type { StoreIdentity } from "@toolcast/core/engine";
import { type Configuration, withSandbox } from "../configuration/configuration.ts";
import { createDataDirectory } from "../configuration/data-directory.ts";
import { reportCrashes } from "../crash-report.ts";
import { type InstallationOptions, openInstallation } from "../installation.ts";
import { isPortTaken } from "../server/ports.ts";
import { publicAnswer } from "../server/public-answer.ts";
import { noStopNotice } from "../server/stop-notice.ts";
import { joinSandbox, readSandboxRecord } from "../shared-sandbox.ts";
import type { UnusableStore } from "../store.ts";
import { beginBackgroundWork } from "./background-work.ts";
import { type CommandContext, callerOf, isInteractive } from "./command-context.ts";

/** A command's own runtime on the data directory, alongside any server that runs there. */
export interface Workplace {
  configuration: Configuration;
  runtime: Runtime;
  state: State;
  identity: StoreIdentity;
  /** What is wrong with the store, if only its readable part is loaded; usually null. */
  unusable: UnusableStore | null;
  caller: Caller;
  logger: Logger;
  /** Where this process answers vendors and links on this machine; null if it does not. */
  localUrl: () => string | null;
  /** Resolves if the process that advances the jobs ends for good meanwhile. */
  abandoned: Promise<void>;
  /** Listens and advances jobs, if that is the purpose; to be called once, and only with `beginsLater`. */
  begin(): Promise<void>;
  close(): Promise<void>;
}

/**
 * `read`: only reads what is stored. `ask`: may also contact vendors. `work`: also advances jobs, under the engine's
 * leases, so that a server on the same data does nothing twice. `follow`: the same for a person who may press Ctrl-C,
 * in another process if there is one.
 */
export type Purpose = "read" | "ask" | "work" | "follow";

/** See `InstallationOptions`; `evenUnusable` is true by default for commands that only read what is stored. */
interface WorkplaceOptions extends Pick<InstallationOptions, "newKey" | "evenUnusable"> {
  /** Nothing listens or advances before `begin`. Default false: everything does when this resolves. */
  beginsLater?: boolean;
}

export async function openWorkplace(
  context: CommandContext,
  purpose: Purpose,
  { newKey, evenUnusable = purpose === "read", beginsLater = false }: WorkplaceOptions = {},
): Promise<Workplace> {
  let configuration = await context.configuration();
  const logger = await context.logger(configuration, "warn");
  const closers: (() => Promise<void> | void)[] = [reportCrashes(logger)];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) {
      await closer();
    }
  };
  try {
    createDataDirectory(configuration.dataDirectory);
    const elsewhere = purpose === "follow" && isInteractive(context) ? await beginBackgroundWork(context) : null;
    closers.push(() => elsewhere?.leave());
    const worksHere = purpose === "work" || (purpose === "follow" && elsewhere === null);
    if (configuration.providers.length === 0) {
      const { dataDirectory, sandboxSpeed: speed } = configuration;
      if (purpose === "read") {
        const known = readSandboxRecord(dataDirectory);
        configuration = known === null ? configuration : withSandbox(configuration, known);
      } else {
        const sandbox = await joinSandbox({ dataDirectory, speed, clock: systemClock });
        closers.push(() => sandbox.close());
        configuration = withSandbox(configuration, sandbox);
      }
    }
    let port: number | null = null;
    const localUrl = () => (port === null ? null : `http://127.0.0.1:${port}`);
    const installation = await openInstallation({
      ...{ configuration, logger, localUrl, newKey, evenUnusable },
      checksSessions: worksHere,
    });
    closers.push(() => installation.close());
    const { runtime, state, identity, unusable } = installation;
    const begin = async () => {
      if (!worksHere) {
        return;
      }
      const { listen } = await import("../server/listener.ts");
      const answer = publicAnswer(runtime, "all", noStopNotice);
      const local = await listen({ host: "127.0.0.1", port: 0, answer });
      closers.push(() => local.close());
      port = local.port;
      const outside = await openPublicListener(configuration, answer);
      closers.push(async () => outside?.close());
      await runtime.start();
      // Drained while the listeners still answer, because vendors fetch what a start in flight needs.
      closers.push(() => runtime.stop());
    };
    if (!beginsLater) {
      await begin();
    }
    const caller = callerOf(context);
    const abandoned = elsewhere?.ended ?? new Promise<void>(() => {});
    return { configuration, runtime, state, identity, unusable, caller, logger, localUrl, abandoned, begin, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Null when none is wanted, or when a running server already has the port and answers there. */
async function openPublicListener(
  { publicListener }: Configuration,
  answer: (request: Request) => Promise<Response>,
): Promise<{ close(): Promise<void> } | null> {
  if (publicListener === undefined) {
    return null;
  }
  const { listen } = await import("../server/listener.ts");
  try {
    return await listen({ host: publicListener.host, port: publicListener.port, answer });
  } catch (error) {
    if (isPortTaken(error)) {
      return null;
    }
    throw error;
  }
}
