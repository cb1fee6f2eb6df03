import type { Tool } from "@toolcast/core";
import { type GivenInput, givenByMessage, type PointedMessage } from "@toolcast/core/chat";
import { answersPrivately, parseCommandLine } from "@toolcast/core/surface";
import { fileOf, type InboundFile, type InboundMessage, textOf } from "./update.ts";

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
 * of the tool's inputs. `made`: stands for the text of a message of ours that it replies to. Throws a `UsageError` for text that belongs to no input.
 */
export function readInput(
  tool: Tool,
  { rest }: TypedCommand,
  message: InboundMessage,
  own: readonly InboundFile[],
  made: string | null,
): GivenInput {
  const { input = {} } = parseCommandLine(`/${tool.command}${rest}`, [tool]) ?? {};
  const given = { input: { ...input }, private: answersPrivately(tool, input) };
  const withOwn = givenByMessage(tool, { files: pointedAt(own) }, given, { always: own.length === 1 });
  const { reply_to_message: here, external_reply: elsewhere } = message;
  const replied = here ?? elsewhere;
  if (!replied) {
    return withOwn;
  }
  const file = fileOf(replied);
  const withFile = file === null ? withOwn : givenByMessage(tool, { files: pointedAt([file]) }, withOwn);
  const text = message.quote?.text ?? made ?? (here ? textOf(here) : "");
  return withFile.files.length > withOwn.files.length ? withFile : givenByMessage(tool, { text }, withFile);
}

/** Files as the kit places them, by their kind. */
export function pointedAt(files: readonly InboundFile[]): PointedMessage["files"] {
  return files.map((file) => ({ type: file.kind, file }));
}
