import { type Tool, UsageError } from "@toolcast/core";
import { slackLimits } from "./limits.ts";

const { commandCharacters: most } = slackLimits;
const allowed = /^[a-z0-9_-]+$/;

/** A tool's command as it is registered in a workspace. */
interface NamedCommand {
  tool: Tool;
  /** With its slash. */
  command: string;
}

/**
 * The commands that Slack takes, in the tools' order; a tool whose name it does not take has none. Slack's commands have
 * no namespaces, so they may have a prefix: `ai` gives `/ai-image`. Throws a `UsageError` for a prefix that Slack does
 * not take, that makes a name too long, or with which a command would be taken for another tool's.
 */
export function commandsOf(tools: readonly Tool[], prefix = ""): NamedCommand[] {
  const named = tools
    .filter(({ command }) => allowed.test(command) && command.length < most)
    .slice(0, slackLimits.commands)
    .map((tool) => ({ tool, command: `/${prefix === "" ? "" : `${prefix}-`}${tool.command}` }));
  if (prefix !== "") {
    assertTaken(named, prefix);
  }
  return named;
}

function assertTaken(named: readonly NamedCommand[], prefix: string): void {
  if (!allowed.test(prefix)) {
    throw new UsageError({
      en: `The prefix ${prefix} cannot be part of a command: Slack allows lower-case letters, digits, - and _.`,
      "zh-CN": `前缀 ${prefix} 不能用于命令：Slack 只允许小写字母、数字、- 和 _。`,
    });
  }
  const longest = named.toSorted((one, other) => other.command.length - one.command.length)[0]?.command ?? "";
  const room = most - longest.length + prefix.length;
  if (longest.length > most) {
    throw new UsageError({
      en: `The prefix ${prefix} is too long: ${longest} would have ${longest.length} characters, and Slack allows ${most}. Use a prefix of at most ${room}.`,
      "zh-CN": `前缀 ${prefix} 过长：${longest} 将有 ${longest.length} 个字符，而 Slack 最多允许 ${most} 个。请使用不超过 ${room} 个字符的前缀。`,
    });
  }
  const tools = named.map(({ tool }) => tool);
  const ambiguous = named.find(({ tool, command }) => toolNamed(tools, command) !== tool)?.command;
  if (ambiguous !== undefined) {
    throw new UsageError({
      en: `With the prefix ${prefix} two tools would answer to ${ambiguous}. Use another prefix.`,
      "zh-CN": `使用前缀 ${prefix} 时，${ambiguous} 会对应两个工具。请换一个前缀。`,
    });
  }
}

/** The command word that a text begins with, without its slash. */
export function wordOf(text: string): string {
  return /^\s*[/／]?([^\s/／]+)/.exec(text)?.[1]?.toLowerCase() ?? "";
}

/**
 * The tool whose command a text begins with, with or without a slash; undefined when it begins with none. A prefix needs
 * the slash: without one, "text-to-image models" is what somebody says, and must not start anything.
 */
export function toolNamed(tools: readonly Tool[], text: string): Tool | undefined {
  const word = wordOf(text);
  const isCommand = /^\s*[/／]/.test(text);
  const fitting = isCommand ? tools.filter(({ command }) => word.endsWith(`-${command}`)) : [];
  return (
    tools.find(({ command, name }) => [command, name].includes(word)) ??
    fitting.toSorted((one, other) => other.command.length - one.command.length)[0]
  );
}
