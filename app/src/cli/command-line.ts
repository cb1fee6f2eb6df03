import { homedir } from "node:os";
import { isAbsolute } from "node:path";
import type { Locale, Tool } from "@toolcast/core";
import { nearestLocale, nearestWord } from "@toolcast/core/surface";
import { type Command, CommanderError } from "commander";
import type { AnyAdapter } from "../configuration/built-in-adapters.ts";
import type { ConfigurationSource } from "../configuration/configuration.ts";
import { findConfigurationFiles } from "../configuration/files.ts";
import type { KnownParts } from "../configuration/known-parts.ts";
import { isSpoken, localeOf } from "../configuration/locale-choice.ts";
import { type CommandContext, createConfigurationReader, createContextLogger } from "./command-context.ts";
import { commandFailure } from "./command-failure.ts";
import { exitCodes } from "./exit-codes.ts";
import { type BinaryWritable, createOutput, type Writable } from "./output.ts";
import { buildProgram } from "./program.ts";
import { refuseUsage } from "./refuse-usage.ts";

/** The process around a command line. */
export interface Terminal {
  stdin: NodeJS.ReadStream;
  stdout: BinaryWritable;
  stderr: Writable;
  environment: NodeJS.ProcessEnv;
  workingDirectory: string;
  platform: NodeJS.Platform;
}

/** Completion is about everything that is known here. */
const completionName = "completion";

/** Runs one command and resolves with the exit code; never rejects. */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<number> {
  const { environment, stdout, stderr, stdin, platform } = terminal;
  const workingDirectory = configurationDirectory(terminal);
  const source: ConfigurationSource = { environment, workingDirectory, platform, homeDirectory: homedir() };
  const { configuration, redact } = createConfigurationReader(source);
  const json = flagsAmong(args).includes("--json");
  const wanted = requestedLocale(args);
  const output = createOutput({
    stdout,
    stderr,
    json,
    locale: wanted === null || !isSpoken(wanted) ? environmentLocale(source) : nearestLocale(wanted),
    redact,
  });
  let exitCode: number = exitCodes.done;
  const context: CommandContext = {
    output,
    source,
    stderr,
    stdin,
    configuration,
    redact,
    logger: createContextLogger(stderr, redact),
    exitWith(code) {
      exitCode = code;
    },
  };
  try {
    if (wanted !== null && !isSpoken(wanted)) {
      await refuseUsage(
        { en: `${wanted} is not supported; use en or zh-CN.`, "zh-CN": `不支持语言 ${wanted}，请使用 en 或 zh-CN。` },
        "locale",
      );
    }
    const [name] = flaglessAmong(args);
    const tools = await toolsFor(name, configuration);
    const own = buildProgram(context, tools, []);
    // Adapters add commands, and are loaded for those and for the list of all commands. So do those of plugins.
    const isOwn = name !== completionName && own.commands.some((command) => command.name() === name);
    const usual = isOwn ? own : buildProgram(context, tools, await builtInAdapters());
    const isUsual = name === undefined || usual.commands.some((command) => command.name() === name);
    const known = isUsual && name !== completionName ? null : await knownParts(source);
    const program =
      known === null
        ? usual
        : buildProgram(context, name === completionName ? known.tools : tools, known.adapterDefinitions);
    await refuseMisplaced(flaglessAmong(args), program, known?.tools ?? tools);
    if (args.length === 0) {
      program.outputHelp();
      output.note({ en: "Choose a command.", "zh-CN": "请选择一个命令。" });
      return exitCodes.usage;
    }
    await program.parseAsync([...args], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) {
      return exitCodes.done;
    }
    const failure = commandFailure(error, output.locale);
    output.note(failure.text);
    output.document({ error: failure.json });
    if (failure.unexpected instanceof Error && environment.LOG_LEVEL === "debug") {
      output.note(failure.unexpected.stack ?? "", "always");
    }
    return failure.exitCode;
  }
  return exitCode;
}

/** The tools that a command's flags come from: the inputs of those that `run` runs, and of the one that lists jobs. */
async function toolsFor(
  name: string | undefined,
  configuration: CommandContext["configuration"],
): Promise<readonly Tool[]> {
  switch (name) {
    case "run":
      return (await configuration()).tools;
    case "jobs": {
      const { builtInTools } = await import("@toolcast/core");
      return builtInTools;
    }
    default:
      return [];
  }
}

async function builtInAdapters(): Promise<readonly AnyAdapter[]> {
  const { builtInAdapters } = await import("../configuration/built-in-adapters.ts");
  return builtInAdapters;
}

async function knownParts({ workingDirectory, plugins }: ConfigurationSource): Promise<KnownParts> {
  const { readKnownParts } = await import("../configuration/known-parts.ts");
  return readKnownParts(findConfigurationFiles(workingDirectory), plugins);
}

/** A tool without `run` before it, and a command with it. Words that are similar to a command get the parser's answer. */
async function refuseMisplaced(
  [first = "", second = ""]: readonly string[],
  program: Command,
  tools: readonly Tool[],
): Promise<void> {
  const commands = program.commands.map((command) => command.name());
  const toolNames = tools.map(({ command }) => command);
  if (!commands.includes(first)) {
    const tool = toolNames.includes(first)
      ? first
      : nearestWord(first, commands)
        ? null
        : nearestWord(first, toolNames);
    if (tool !== null) {
      await refuseCommand(first, `run ${tool}`);
    }
  } else if (first === "run" && !toolNames.includes(second) && commands.includes(second)) {
    await refuseCommand(second, second);
  }
}

function refuseCommand(typed: string, meant: string): Promise<never> {
  return refuseUsage({
    en: `Unknown command '${typed}' (Did you mean toolcast ${meant}?)`,
    "zh-CN": `没有命令 ${typed}。您是不是想输入 toolcast ${meant}？`,
  });
}

/** A wrong value is reported together with all others. */
function configurationDirectory({ environment, workingDirectory }: Terminal): string {
  const given = environment.TOOLCAST_CONFIG_DIR?.trim() ?? "";
  return isAbsolute(given) ? given : workingDirectory;
}

function environmentLocale(source: ConfigurationSource): Locale {
  try {
    return localeOf({ ...findConfigurationFiles(source.workingDirectory).dotEnv, ...source.environment });
  } catch {
    // An unreadable .env is reported by the command that needs it.
    return localeOf(source.environment);
  }
}

function flagsAmong(args: readonly string[]): readonly string[] {
  const end = args.indexOf("--");
  return end === -1 ? args : args.slice(0, end);
}

function flaglessAmong(args: readonly string[]): string[] {
  return args.filter((argument, index) => !argument.startsWith("-") && args[index - 1] !== "--locale");
}

function requestedLocale(args: readonly string[]): string | null {
  const before = flagsAmong(args);
  const index = before.findLastIndex((argument) => argument === "--locale" || argument.startsWith("--locale="));
  if (index === -1) {
    return null;
  }
  const argument = before[index] ?? "";
  return argument.includes("=") ? argument.slice(argument.indexOf("=") + 1) : (before[index + 1] ?? null);
}
