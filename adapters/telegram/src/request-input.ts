import type { Field, Tool } from "@toolcast/core";
import type { GivenInput } from "@toolcast/core/chat";
import { answersPrivately, fieldsOf, parseCommandLine } from "@toolcast/core/surface";
import { fileOf, type InboundFile, type InboundMessage } from "./update.ts";

/** A command at the beginning of a text or caption. */
export interface TypedCommand {
  /** Without the slash and the bot's name, in lower case. */
  name: string;
  rest: string;
  /** The command names the bot, so in a group it is meant for nobody else. */
  isAddressed: boolean;
}

/** The operators' command; the adapter's own, as no tool knows who was let in here. */
export const accessCommand = "access";

/** Null for a text that is not a command for this bot. */
export function readCommand(text: string, botName: string): TypedCommand | null {
  const [, name, bot, rest = ""] = /^\s*[/／]([\p{L}\p{N}_-]+)(?:@(\w+))?(?=\s|$)(.*)$/su.exec(text) ?? [];
  return name === undefined || (bot !== undefined && bot.toLowerCase() !== botName.toLowerCase())
    ? null
    : { name: name.toLowerCase(), rest, isAddressed: bot !== undefined };
}

/** A tool's command as Telegram accepts it. */
export function telegramName(command: string): string {
  return command.toLowerCase().replaceAll("-", "_");
}

export function toolNamed(tools: readonly Tool[], name: string): Tool | undefined {
  const wanted = telegramName(name);
  return tools.find(({ command, name: agentName }) => [command, agentName].map(telegramName).includes(wanted));
}

/**
 * Whether a tool's command may reach the bot without the rest of its group seeing it. Nobody's receipt of that is
 * certain either, so nothing that costs money is asked for in this way.
 */
export function isAskedAlone({ effect, private: isPrivate = false }: Tool): boolean {
  return isPrivate && effect !== "spends";
}

/** Whether a tool's answers may be shown to one member of a group alone, where nobody's receipt is certain: asking again costs and changes nothing. */
export function answersAlone({ effect, private: isPrivate = false }: Tool): boolean {
  return isPrivate && effect === "reads";
}

/**
 * What a command gives: its text, parsed by core's grammar, its own files, and what it replies to, assigned by the types
 * of the tool's inputs. Throws a `UsageError` for text that belongs to no input.
 */
export function readInput(
  tool: Tool,
  { rest }: TypedCommand,
  message: InboundMessage,
  own: readonly InboundFile[],
): GivenInput {
  const { input = {} } = parseCommandLine(`/${tool.command}${rest}`, [tool]) ?? {};
  const given: GivenInput = { input: { ...input }, files: [], private: answersPrivately(tool, input) };
  const withOwn = { ...given, ...placeFiles(tool, given, own, { always: own.length === 1 }) };
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
 * Puts files into the first free inputs of their kind. `always`: a file with no input of its kind takes the first free
 * one, so that its sender learns what was expected.
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

/** The input that somebody's text is for: the primary one, otherwise the first required one. */
function textField(tool: Tool, { input }: GivenInput): string | undefined {
  const texts = fieldsOf(tool).filter(([name, { shape }]) => shape.kind === "text" && input[name] === undefined);
  return (texts.find(([name]) => name === tool.primary) ?? texts.find(([, { optional }]) => !optional))?.[0];
}
