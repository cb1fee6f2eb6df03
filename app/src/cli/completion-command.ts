import { type Tool, UsageError } from "@toolcast/core";
import type { Command } from "commander";
import type { CommandContext } from "./command-context.ts";
import { completionScripts } from "./completion-scripts.ts";
import { completionPlaces } from "./completion-tree.ts";

/** `toolcast completion <shell>`: prints what a shell needs to complete commands, tools and their options. */
export function completionCommand(
  { output }: CommandContext,
  program: Command,
  tools: readonly Tool[],
  shell: string,
): void {
  const script = Object.entries(completionScripts).find(([name]) => name === shell)?.[1];
  if (script === undefined) {
    const shells = Object.keys(completionScripts);
    throw new UsageError({
      en: `there is no completion for ${shell}. Use one of ${shells.join(", ")}.`,
      "zh-CN": `没有适用于 ${shell} 的补全，可用的有 ${shells.join("、")}。`,
    });
  }
  const text = script(completionPlaces(program, tools, output.locale));
  output.print(text);
  output.document({ text });
}
