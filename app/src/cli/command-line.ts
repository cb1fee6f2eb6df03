import { homedir } from "node:os";
import { isAbsolute } from "node:path";
import { type Locale, type Tool, UsageError } from "@toolcast/core";
import { nearestLocale, nearestWord } from "@toolcast/core/surface";
import { type Command, CommanderError } from "commander";
import type { ConfigurationSource } from "../configuration/configuration.ts";
import { findConfigurationFiles } from "../configuration/files.ts";
import { type KnownParts, readKnownParts } from "../configuration/known-parts.ts";
import { isSpoken, localeOf } from "../configuration/locale-choice.ts";
import { type CommandContext, createConfigurationReader, createContextLogger } from "./command-context.ts";
import { commandFailure } from "./command-failure.ts";
import { exitCodes } from "./exit-codes.ts";
import { type BinaryWritable, createOutput, type Writable } from "./output.ts";
import { buildProgram } from "./program.ts";

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
      throw new UsageError(
        { en: `${wanted} is not supported; use en or zh-CN.`, "zh-CN": `不支持语言 ${wanted}，请使用 en 或 zh-CN。` },
        "locale",
      );
    }
    // The flags of `run` are the tools' inputs, and plugins add tools.
    const [name] = flaglessAmong(args);
    const tools = name === "run" ? (await configuration()).tools : [];
    const usual = buildProgram(context, tools);
    // A plugin's adapter may add commands.
    const isUsual = name === undefined || usual.commands.some((command) => command.name() === name);
    const known = isUsual && name !== completionName ? null : await knownParts(source);
    const program =
      known === null
        ? usual
        : buildProgram(context, name === completionName ? known.tools : tools, known.adapterDefinitions);
    refuseMisplaced(flaglessAmong(args), program, known?.tools ?? tools);
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

function knownParts({ workingDirectory, plugins }: ConfigurationSource): Promise<KnownParts> {
  return readKnownParts(findConfigurationFiles(workingDirectory), plugins);
}

/** A tool without `run` before it, and a command with it. Words that are similar to a command get the parser's answer. */
function refuseMisplaced([first = "", second = ""]: readonly string[], program: Command, tools: readonly Tool[]): void {
  const commands = program.commands.map((command) => command.name());
  const toolNames = tools.map(({ command }) => command);
  if (!commands.includes(first)) {
    const tool = toolNames.includes(first)
      ? first
      : nearestWord(first, commands)
        ? null
        : nearestWord(first, toolNames);
    if (tool !== null) {
      throw unknownCommand(first, `run ${tool}`);
    }
  } else if (first === "run" && !toolNames.includes(second) && commands.includes(second)) {
    throw unknownCommand(second, second);
  }
}

function unknownCommand(typed: string, meant: string): UsageError {
  return new UsageError({
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
