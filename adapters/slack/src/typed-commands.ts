import type { Locale, Message, Tool } from "@toolcast/core";
import type { GivenInput } from "@toolcast/core/chat";
import { describeTool, fieldText, parseCommandLine, say } from "@toolcast/core/surface";
import { wordOf } from "./command-names.ts";
import { sentences } from "./sentences.ts";

/**
 * A message's text as somebody typed it: Slack replaces some characters with entities and puts links and mentions in
 * brackets.
 */
export function plainText(text: string): string {
  return text
    .replaceAll(/<([a-z][a-z0-9+.-]*:)([^<>|\s]+)(?:\|([^<>]*))?>/gi, (_, scheme: string, rest: string, label = "") =>
      // Slack makes links of typed domains and addresses: those have no scheme.
      rest.replace(/^\/\//, "") === label ? label : `${scheme}${rest}`,
    )
    .replaceAll(/<([@#])([A-Z0-9]+)(?:\|([^<>]*))?>/g, (_, sign: string, id: string, name = "") => sign + (name || id))
    .replaceAll(/<!([a-z]+)(?:\^[^<>|]*)?(?:\|([^<>]*))?>/g, (_, name: string, label = "") => label || `@${name}`)
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}

/**
 * What follows the command word, by core's grammar, whose errors name the command as it was written; `--private` shows
 * the answer to its asker alone. Throws a `UsageError`.
 */
export function readInput(tool: Tool, text: string): Pick<GivenInput, "private"> & { input: TypedInput } {
  const written = { ...tool, command: wordOf(text) };
  const { input = {}, flags = [] } =
    parseCommandLine(`/${text.trim().replace(/^[/／]/, "")}`, [written], { flags: ["private"] }) ?? {};
  return { input, private: flags.length > 0 };
}

/** Values by input, as they were written. */
export type TypedInput = Record<string, string>;

/** Whether nothing but a wish for help follows the command word. */
export function isHelp(text: string): boolean {
  return /^\s*\S+\s+(--?)?(help|帮助|\?|？)\s*$/i.test(text);
}

/** What a tool does and takes; `command` is its name as it was written, without a slash. */
export function helpOn(tool: Tool, command: string, locale: Locale): Message {
  const { title, summary, fields } = describeTool(tool, locale);
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
    commands: tools.map(({ command }) => command).join(locale === "zh-CN" ? "、" : ", "),
  });
  return { tone: "info", title, private: false };
}
