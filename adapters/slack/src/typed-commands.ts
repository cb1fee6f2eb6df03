import type { Locale, Message, Tool } from "@toolcast/core";
import type { GivenInput } from "@toolcast/core/chat";
import { describeTool, fieldText, parseCommandLine, say } from "@toolcast/core/surface";
import { sentences } from "./sentences.ts";

/** A message's text as somebody typed it: Slack replaces some characters with entities and puts links in brackets. */
export function plainText(text: string): string {
  return text
    .replaceAll(/<([a-z][a-z0-9+.-]*:[^<>|\s]+)(?:\|[^<>]*)?>/gi, "$1")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}

/** The tool behind a slash command, which may have a prefix in this workspace: Slack's commands have no namespaces. */
export function toolOfCommand(tools: readonly Tool[], command: string): Tool | undefined {
  const word = command.replace(/^\//, "").toLowerCase();
  const fitting = tools.filter((tool) => word === tool.command || word.endsWith(`-${tool.command}`));
  return fitting.toSorted((one, other) => other.command.length - one.command.length)[0];
}

/** The tool whose command a message begins with, with or without a slash; undefined when it begins with none. */
export function toolNamed(tools: readonly Tool[], text: string): Tool | undefined {
  const [, word = ""] = /^\s*[/／]?([^\s/／]+)/.exec(text) ?? [];
  return tools.find(({ command, name }) => [command, name].includes(word.toLowerCase()));
}

/** What follows the command word, by core's grammar; `--private` shows the answer to its asker alone. Throws a `UsageError`. */
export function readInput(tools: readonly Tool[], text: string): Pick<GivenInput, "private"> & { input: TypedInput } {
  const { input = {}, flags = [] } =
    parseCommandLine(`/${text.trim().replace(/^[/／]/, "")}`, tools, { flags: ["private"] }) ?? {};
  return { input, private: flags.length > 0 };
}

/** Values by input, as they were written. */
export type TypedInput = Record<string, string>;

export function isHelp(text: string): boolean {
  return /^(--?)?(help|帮助|\?|？)$/i.test(text.trim());
}

/** What a tool does and takes. */
export function helpOn(tool: Tool, locale: Locale): Message {
  const { title, summary, command, fields } = describeTool(tool, locale);
  return {
    tone: "info",
    title: fieldText({ label: `/${command}`, value: title }, locale),
    lines: [summary],
    fields: fields.map(({ name, summary: about }) => ({ label: `--${name.replaceAll("_", "-")}`, value: about })),
    private: true,
  };
}

/** How to use the bot, in one sentence. */
export function helpInGeneral(tools: readonly Tool[], locale: Locale): Message {
  const example = tools.find(({ primary, effect }) => primary !== undefined && effect === "spends") ?? tools[0];
  const title = say(sentences.help, locale, {
    example: `${example?.command ?? "help"} …`,
    commands: tools.map(({ command }) => command).join(", "),
  });
  return { tone: "info", title, private: false };
}
