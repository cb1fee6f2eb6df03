import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UsageError } from "@toolcast/core";
import type { Configuration } from "../configuration/configuration.ts";
import { findConfigurationFiles } from "../configuration/files.ts";
import { variableRules } from "../configuration/variables.ts";
import type { CommandContext } from "./command-context.ts";
import { mcpClients, type ServerStart } from "./mcp-clients.ts";

const entry = fileURLToPath(new URL("../../bin/toolcast.js", import.meta.url));

/** Set by us for the client, whatever this terminal has. */
const ours = ["TOOLCAST_DATA_DIR", "TOOLCAST_CONFIG_DIR", "TOOLCAST_LOCALE"];

/**
 * `toolcast mcp config <client>`: the configuration on standard output, what to do with it on standard error. A client
 * that is started from a desktop finds neither our Node nor our folder nor what was set in this terminal, so that all of
 * it is named; secrets are not: they belong into `.env`.
 */
export async function mcpConfigCommand(context: CommandContext, name: string): Promise<void> {
  const { output, source } = context;
  const client = Object.hasOwn(mcpClients, name) ? mcpClients[name] : undefined;
  if (client === undefined) {
    const names = Object.keys(mcpClients).join(", ");
    throw new UsageError({
      en: `There is no client ${name}. Use one of ${names}.`,
      "zh-CN": `没有客户端 ${name}，可用的有 ${names}。`,
    });
  }
  const configuration = await context.configuration();
  const files = findConfigurationFiles(source.workingDirectory);
  const { open, secret } = terminalOnly(configuration, source.environment);
  const server: ServerStart = {
    command: process.execPath,
    args: [entry, "mcp"],
    env: {
      TOOLCAST_DATA_DIR: configuration.dataDirectory,
      ...(files.directory === null ? {} : { TOOLCAST_CONFIG_DIR: files.directory }),
      TOOLCAST_LOCALE: output.locale,
      ...Object.fromEntries(open.map((variable) => [variable, source.environment[variable]?.trim() ?? ""])),
    },
  };
  const document = client.configuration(server);
  output.document(document);
  output.print(JSON.stringify(document, null, 2));
  output.note(client.instruction(source, server));
  if (secret.length > 0) {
    const names = secret.join(", ");
    const file = join(source.workingDirectory, ".env");
    output.note({
      en: `Secrets are not written here. ${names} are set in this terminal only, where the client does not see them: put them into ${file} and run this command again.`,
      "zh-CN": `此处不输出密钥。${names} 仅在当前终端中设置，客户端无法读取：请写入 ${file} 后重新运行本命令。`,
    });
  }
  if (/[\\/]_npx[\\/]/.test(entry)) {
    output.note({
      en: "This copy of Toolcast lies in npx's cache, which npm may clear. Install it first: npm install -g toolcast.",
      "zh-CN": "当前 Toolcast 位于 npx 缓存中，可能被 npm 清理。请先安装：npm install -g toolcast。",
    });
  }
}

/** Variables that this terminal sets, by whether their values may be printed. */
function terminalOnly(
  { definitions }: Configuration,
  environment: CommandContext["source"]["environment"],
): { open: string[]; secret: string[] } {
  const known = [
    ...Object.entries(variableRules).map(([variable, { secret }]) => ({ variable, secret: secret ?? false })),
    ...definitions.flatMap(({ settings }) =>
      settings.map(({ variable, secret }) => ({ variable, secret: secret ?? false })),
    ),
  ].filter(({ variable }) => !ours.includes(variable) && (environment[variable]?.trim() ?? "") !== "");
  const named = (wanted: boolean) => known.filter(({ secret }) => secret === wanted).map(({ variable }) => variable);
  return { open: named(false), secret: named(true) };
}
