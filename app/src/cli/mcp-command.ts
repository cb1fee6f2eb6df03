import { statSync } from "node:fs";
import { resolve } from "node:path";
import { systemClock, systemRandom, UsageError } from "@toolcast/core";
import { sleep } from "@toolcast/core/engine";
import { builtCard, createMcp } from "@toolcast/mcp";
import { versionOf } from "../version.ts";
import { type CommandContext, terminalCaller } from "./command-context.ts";
import { interruptible } from "./interruption.ts";
import { openWorkplace } from "./workplace.ts";

/** How long a client may say nothing before its jobs are advanced all the same. */
const longestSilenceMs = 1_000;

/**
 * `toolcast mcp`: serves one AI client on standard input and output until it disconnects. Jobs are advanced here too,
 * under the same leases as a running server's, so no server needs to be started as well.
 */
export async function mcpCommand(
  context: CommandContext,
  { allow = [] }: { allow?: readonly string[] },
): Promise<void> {
  const { output, source, stdin } = context;
  const allowed = allowedFolders(allow, source.workingDirectory);
  const interruption = interruptible();
  const workplace = await openWorkplace(context, "work", { beginsLater: true });
  const { configuration, runtime, logger, localUrl } = workplace;
  const mcp = createMcp({
    runtime,
    clock: systemClock,
    random: systemRandom,
    logger,
    locale: output.locale,
    version: versionOf(),
    localPerson: terminalCaller,
    folders: [...allowed, ...configuration.mcp.folders],
    clientsWithLinks: configuration.mcp.clientsWithLinks,
    card: builtCard(),
    mediaOrigins: () => [configuration.publicListener?.url ?? localUrl()].filter((url) => url !== null),
  });
  try {
    const client = mcp.serveStdio({ input: stdin, output: process.stdout });
    const interrupted = new Promise<void>((leave) => interruption.signal.addEventListener("abort", () => leave()));
    const left = Promise.race([client.closed, interrupted]);
    // What work needs takes longer to load than the client's first message to answer.
    await Promise.race([client.answered, sleep(systemClock, longestSilenceMs), left]);
    await workplace.begin();
    await left;
    await client.close();
  } finally {
    await interruption.untilUrgent(Promise.all([mcp.close(), workplace.close()]).then(() => {}));
    interruption.dispose();
  }
}

/** As absolute paths; throws a `UsageError` for anything but a folder. */
export function allowedFolders(given: readonly string[], workingDirectory: string): string[] {
  const folders = given.map((folder) => resolve(workingDirectory, folder));
  const missing = folders.find((folder) => !isDirectory(folder));
  if (missing !== undefined) {
    throw new UsageError({ en: `${missing} is not a folder.`, "zh-CN": `${missing} 不是文件夹。` }, "allow");
  }
  return folders;
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
