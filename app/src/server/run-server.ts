import { type Logger, systemClock, systemRandom } from "@toolcast/core";
import { waitingClock } from "@toolcast/core/engine";
import { builtCard, createMcp, type Mcp } from "@toolcast/mcp";
import { createWebSurface, serveWeb } from "@toolcast/web";
import { type Configuration, withSandbox } from "../configuration/configuration.ts";
import { ConfigurationError } from "../configuration/configuration-error.ts";
import { closeToOthers, createDataDirectory, installationDirectory } from "../configuration/data-directory.ts";
import { isLoopbackHost } from "../configuration/loopback.ts";
import { reportCrashes } from "../crash-report.ts";
import { type Installation, openInstallation } from "../installation.ts";
import { removeProcessRecord, writeProcessRecord } from "../process-record.ts";
import { joinSandbox, type SharedSandbox } from "../shared-sandbox.ts";
import { versionOf } from "../version.ts";
import { type AdapterConnections, openAdapters } from "./adapter-connections.ts";
import { healthAnswer } from "./health-answer.ts";
import { type Listener, type ListenerOptions, listen } from "./listener.ts";
import { isPortTaken, onFreePort } from "./ports.ts";
import { publicAnswer } from "./public-answer.ts";
import type { Role } from "./role.ts";
import { serverRecordFile } from "./server-record.ts";
import { createStopNotice } from "./stop-notice.ts";
import { stopSignal } from "./stop-signal.ts";
import { whenReachable } from "./when-reachable.ts";

export interface ServerOptions {
  configuration: Configuration;
  logger: Logger;
  role: Role;
  /** Whether a supervisor restarts this process when it is killed. */
  supervised: boolean;
  /** Called once it answers: with the console's address, or where a worker says how it is. */
  onReady: (ready: { url: string; port: number }) => void;
}

/** Runs the server in this process until it is asked to stop; resolves when all work in flight has finished. */
export async function runServer(options: ServerOptions): Promise<void> {
  const { logger, supervised } = options;
  const stop = stopSignal(supervised);
  const closers: (() => Promise<void> | void)[] = [() => stop.dispose(), reportCrashes(logger)];
  const stopping = new AbortController();
  try {
    void stop.requested.then(() => stopping.abort());
    const url = await open(options, closers, stopping.signal);
    logger.info({ url, role: options.role }, "ready");
    await stop.requested;
    logger.info({}, "stopping");
  } catch (error) {
    if (!stopping.signal.aborted || error !== stopping.signal.reason) {
      throw error;
    }
  } finally {
    const closing = closeInOrder(closers.reverse(), logger);
    const urgent = new Promise<void>((resolve) => {
      stop.urgent.addEventListener("abort", () => resolve(), { once: true });
    });
    await Promise.race([closing, urgent]);
  }
}

async function open(
  options: ServerOptions,
  closers: (() => Promise<void> | void)[],
  signal: AbortSignal,
): Promise<string> {
  const { logger, role, supervised, onReady } = options;
  let { configuration } = options;
  const { dataDirectory } = configuration;
  createDataDirectory(dataDirectory);

  if (configuration.providers.length === 0) {
    const sandbox: SharedSandbox = await joinSandbox({
      dataDirectory,
      speed: configuration.sandboxSpeed,
      clock: systemClock,
    });
    closers.push(() => sandbox.close());
    configuration = withSandbox(configuration, sandbox);
  }

  let port: number | null = null;
  const localUrl = () => (port === null ? null : `http://127.0.0.1:${port}`);
  const opening = { ...{ configuration, logger, localUrl, role }, checksSessions: true };
  const installation = await whenReachable(() => openInstallation(opening), {
    ...{ clock: waitingClock, logger, signal },
  });
  closers.push(() => installation.close());
  const { runtime } = installation;

  const web = createWebSurface({
    runtime,
    directory: installationDirectory(configuration),
    database: installation.database ?? undefined,
    clock: systemClock,
    random: systemRandom,
    token: configuration.console.token,
    publicNames: configuration.console.names,
    defaultLocale: configuration.locale,
    logger,
    ...(configuration.sandboxUrl === undefined
      ? {}
      : { sandbox: await sandboxOf(configuration.sandboxUrl, supervised) }),
  });
  closers.push(() => web.close());
  closeToOthers(installationDirectory(configuration));
  runtime.attach(web.surface);

  const mcp = role === "worker" ? null : openMcp(configuration, installation, logger, localUrl);

  const { stopNoticeMs } = configuration;
  const notice = createStopNotice({ lengthMs: stopNoticeMs, stopping: signal, clock: waitingClock });
  const endsConnections = () => notice.given;
  const health = healthAnswer(runtime, role, notice);
  const served = await openConsole(configuration, (at) => {
    const { host } = configuration.console;
    if (role === "worker") {
      return listen({ host, port: at, answer: publicAnswer(runtime, role, notice), endsConnections });
    }
    return serveWeb({
      web,
      port: at,
      host,
      // Vendors on this machine fetch media and call back here. The console's own media addresses are below the same
      // path.
      before: async (request) => {
        const forAgents = (await mcp?.fetch(request)) ?? null;
        if (forAgents !== null) {
          return forAgents;
        }
        const answer = (await health(request)) ?? (await runtime.handlePublic(request));
        return answer?.status === 404 ? null : answer;
      },
    });
  });
  closers.push(() => served.close());
  // Closed before the console's listener, so that streams to agents do not keep it open.
  closers.push(async () => mcp?.close());
  port = served.port;

  let connections: AdapterConnections | null = null;
  // Closed after the public listener, so that whatever still reaches it is taken and acknowledged.
  closers.push(async () => connections?.close());
  if (configuration.publicListener !== undefined) {
    // Without tokens only agents on this machine may connect, so the public listener does not serve them.
    const forAgents = configuration.mcp.tokens.length > 0 ? mcp?.fetch : undefined;
    const more = async (request: Request) =>
      role === "worker" ? null : ((await connections?.handlePublic(request)) ?? (await forAgents?.(request)) ?? null);
    const answer = publicAnswer(runtime, role, notice, more);
    const listener = await openPublic(configuration.publicListener, { answer, endsConnections });
    closers.push(async () => {
      // From now on connections are refused, and those not yet accepted are dropped: balancers have had their notice.
      const closing = listener.close();
      await mcp?.close();
      await closing;
    });
  }
  connections = await openAdapters(configuration, installation, logger);
  await runtime.start();
  // Drained while everything else still answers, because vendors fetch what a start in flight needs and its result is
  // delivered.
  closers.push(async () => void (await Promise.all([runtime.stop(), notice.over()])));

  const address = `http://${displayHost(configuration.console.host)}:${port}`;
  const url = role === "worker" ? `${address}/healthz` : address;
  if (role !== "surfaces") {
    const record = serverRecordFile(installationDirectory(configuration));
    writeProcessRecord(record, { url, pid: process.pid });
    closers.push(() => removeProcessRecord(record));
  }
  onReady({ url, port });
  return url;
}

/**
 * Null if it would be open to everybody: others can reach the console's address, and without tokens they could not be
 * told apart.
 */
function openMcp(
  configuration: Configuration,
  { runtime, state, database }: Installation,
  logger: Logger,
  localUrl: () => string | null,
): Mcp | null {
  const { mcp, console: page, publicListener, locale } = configuration;
  if (mcp.tokens.length === 0 && (!isLoopbackHost(page.host) || page.names.length > 0)) {
    logger.warn({}, "agents cannot connect over HTTP: the console is open to others and MCP_TOKENS is not set");
    return null;
  }
  return createMcp({
    runtime,
    clock: systemClock,
    random: systemRandom,
    logger,
    locale,
    version: versionOf(),
    tokens: mcp.tokens,
    publicUrl: publicListener?.url,
    clientsWithLinks: mcp.clientsWithLinks,
    card: builtCard(),
    // On a data directory there is one server.
    sharedState: database === null ? undefined : state,
    mediaOrigins: () => [publicListener?.url ?? localUrl()].filter((url) => url !== null),
  });
}

async function sandboxOf(sandboxUrl: string, supervised: boolean) {
  const { markers, refusal, samples } = await import("@toolcast/sandbox");
  return {
    ledgerUrl: `${sandboxUrl}/ledger`,
    markers,
    refusal,
    samples,
    ...(supervised ? { killServer: () => process.kill(process.pid, "SIGKILL") } : {}),
  };
}

async function openConsole<Result>(
  { console: { port, portFixed, host } }: Configuration,
  serve: (port: number) => Promise<Result>,
): Promise<Result> {
  try {
    return await onFreePort({ port, fixed: portFixed }, serve);
  } catch (error) {
    throw isPortTaken(error) ? portProblem("PORT", host, port) : addressProblem("CONSOLE_HOST", host, error);
  }
}

async function openPublic(
  { port, host }: { port: number; host: string },
  answers: Pick<ListenerOptions, "answer" | "endsConnections">,
): Promise<Listener> {
  try {
    return await listen({ host, port, ...answers });
  } catch (error) {
    throw isPortTaken(error) ? portProblem("PUBLIC_PORT", host, port) : addressProblem("PUBLIC_HOST", host, error);
  }
}

function portProblem(variable: string, host: string, port: number): ConfigurationError {
  return new ConfigurationError([
    {
      variable,
      sentence: {
        en: `${variable}: port ${port} on ${host} is taken or not allowed. Stop the program that uses it, or set ${variable} to another port.`,
        "zh-CN": `${variable}：${host} 上的端口 ${port} 已被占用或无权使用。请停止占用它的程序，或将 ${variable} 设为其他端口。`,
      },
    },
  ]);
}

function addressProblem(variable: string, host: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (code !== "EADDRNOTAVAIL" && code !== "ENOTFOUND" && code !== "EAI_AGAIN") {
    return error;
  }
  return new ConfigurationError([
    {
      variable,
      sentence: {
        en: `${variable}: ${host} is not an address of this machine. Set it to one, for example 127.0.0.1, or remove it.`,
        "zh-CN": `${variable}：${host} 不是本机地址。请改成本机地址（例如 127.0.0.1）或将其删除。`,
      },
    },
  ]);
}

/** The name under which a browser on this machine reaches what is bound to `host`. */
function displayHost(host: string): string {
  if (host === "0.0.0.0" || host === "::" || isLoopbackHost(host)) {
    return host === "::1" ? "[::1]" : "127.0.0.1";
  }
  return host.includes(":") ? `[${host}]` : host;
}

/** Runs every closer, even if an earlier one fails. */
async function closeInOrder(closers: readonly (() => Promise<void> | void)[], logger: Logger): Promise<void> {
  for (const close of closers) {
    try {
      await close();
    } catch (error) {
      logger.error({ err: error }, "closing failed");
    }
  }
}
