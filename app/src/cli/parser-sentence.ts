import type { LocalizedText } from "@toolcast/core";
import type { CommanderError } from "commander";

/** The argument parser's errors, in every language. Its own texts are only in English, but each error has a code. */
export function parserSentence(error: Pick<CommanderError, "code" | "message">): LocalizedText {
  // For a command that needs a subcommand, the parser's own text is meant for programmers.
  const message = error.code === "commander.help" ? "A command is missing" : error.message.replace(/^error: /, "");
  const subject = /'([^']*)'/.exec(message)?.[1] ?? "";
  const similar = /\(Did you mean (?:one of )?([^)]*?)\??\)/.exec(message)?.[1];
  const chinese = chineseOf(error.code, subject);
  return {
    en: `${capitalized(message.replace(/\n/g, " "))}${similar === undefined ? ". See --help." : ""}`,
    "zh-CN": `${chinese ?? message}。${similar === undefined ? "用 --help 查看用法。" : `您是不是想输入 ${similar}？`}`,
  };
}

function chineseOf(code: string, subject: string): string | undefined {
  switch (code) {
    case "commander.unknownOption":
      return `没有选项 ${subject}`;
    case "commander.unknownCommand":
      return `没有命令 ${subject}`;
    case "commander.help":
      return "缺少命令";
    case "commander.missingArgument":
      return `缺少参数 ${subject}`;
    case "commander.optionMissingArgument":
      return `选项 ${subject} 缺少值`;
    case "commander.missingMandatoryOptionValue":
      return `必须提供选项 ${subject}`;
    case "commander.excessArguments":
      return "参数过多";
    case "commander.conflictingOption":
      return `选项 ${subject} 与其他选项冲突`;
    case "commander.invalidArgument":
      return `${subject} 的值无效`;
    default:
      return undefined;
  }
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
