import type { Field, Tool } from "@toolcast/core";
import type { GivenInput } from "@toolcast/core/chat";
import { fieldsOf, parseCommandLine } from "@toolcast/core/surface";
import { fileOf, type InboundFile, type InboundMessage } from "./update.ts";

/** A command as it stands at the beginning of a text or caption. */
export interface TypedCommand {
  /** Without the stroke and the bot's name, in lower case. */
  name: string;
  rest: string;
  /** The bot is named with it: in groups it is meant for nobody else. */
  isAddressed: boolean;
}

/** Null for a text that is no command of this bot's. */
export function readCommand(text: string, botName: string): TypedCommand | null {
  const [, name, bot, rest = ""] = /^\s*[/／]([\p{L}\p{N}_-]+)(?:@(\w+))?(?=\s|$)(.*)$/su.exec(text) ?? [];
  return name === undefined || (bot !== undefined && bot.toLowerCase() !== botName.toLowerCase())
    ? null
    : { name: name.toLowerCase(), rest, isAddressed: bot !== undefined };
}

/** A tool's command as Telegram takes it. */
export function telegramName(command: string): string {
  return command.toLowerCase().replaceAll("-", "_");
}

export function toolNamed(tools: readonly Tool[], name: string): Tool | undefined {
  const wanted = telegramName(name);
  return tools.find(({ command, name: agentName }) => [command, agentName].map(telegramName).includes(wanted));
}

/**
 * What a command gives: its words by core's grammar, its own file, and what it replies to, by the types of the tool's
 * inputs. Throws a `UsageError` for words that belong to no input.
 */
export function readInput(tool: Tool, { rest }: TypedCommand, message: InboundMessage): GivenInput {
  const { input = {} } = parseCommandLine(`/${tool.command}${rest}`, [tool]) ?? {};
  const given: GivenInput = { input: { ...input }, files: [], private: tool.private ?? false };
  const own = fileOf(message);
  const withOwn = own === null ? given : { ...given, ...placeFiles(tool, given, [own], { always: true }) };
  const replied = message.reply_to_message;
  if (!replied) {
    return withOwn;
  }
  const file = fileOf(replied);
  const withFile = file === null ? withOwn : { ...withOwn, ...placeFiles(tool, withOwn, [file]) };
  const words = message.quote?.text ?? replied.text ?? replied.caption ?? "";
  const field = withFile.files.length > withOwn.files.length || words === "" ? undefined : textField(tool, withFile);
  return field === undefined ? withFile : { ...withFile, input: { ...withFile.input, [field]: words } };
}

/**
 * Files in the first free inputs of their kind. `always`: a file for which there is none takes the first free one, so that
 * its sender learns what was wanted.
 */
export function placeFiles(
  tool: Tool,
  given: GivenInput,
  files: readonly InboundFile[],
  { always = false } = {},
): Pick<GivenInput, "input" | "files"> {
  const placed = [...given.files];
  for (const file of files) {
    const free = freeMediaFields(tool, { input: given.input, files: placed });
    const fitting = free.find(([, { shape }]) => shape.kind === "media" && shape.limits.kind === file.kind);
    const [field] = fitting ?? (always || file.kind === null ? (free[0] ?? []) : []);
    if (field !== undefined) {
      placed.push({ field, file });
    }
  }
  return { input: given.input, files: placed };
}

/** The media inputs that have no value yet. */
export function freeMediaFields(tool: Tool, { input, files }: Pick<GivenInput, "input" | "files">): [string, Field][] {
  return fieldsOf(tool).filter(
    ([name, { shape }]) =>
      shape.kind === "media" && input[name] === undefined && !files.some(({ field }) => field === name),
  );
}

/** The input that somebody's words are for: the primary one, else the first that is needed. */
function textField(tool: Tool, { input }: GivenInput): string | undefined {
  const texts = fieldsOf(tool).filter(([name, { shape }]) => shape.kind === "text" && input[name] === undefined);
  return (texts.find(([name]) => name === tool.primary) ?? texts.find(([, { optional }]) => !optional))?.[0];
}
