import type { Json, Tool } from "@toolcast/core";
import { describeTool } from "@toolcast/core/surface";
import stringWidth from "string-width";
import type { CommandContext } from "./command-context.ts";
import { flagsOf } from "./flags.ts";
import { plainText } from "./plain-text.ts";

/** `toolcast tools`: lists what `run` can run. */
export async function toolsCommand(context: CommandContext): Promise<void> {
  const { output } = context;
  const { tools } = await context.configuration();
  output.document(tools.map((tool) => toolJson(tool, context)));
  const width = Math.max(...tools.map(({ command }) => stringWidth(command)));
  const lines = tools.map(({ command, summary }) => `${command.padEnd(width)}  ${summary[output.locale]}`);
  output.print(plainText(lines.join("\n")));
}

function toolJson(tool: Tool, { output: { locale } }: CommandContext): Json {
  const description = describeTool(tool, locale);
  const flags = flagsOf(tool, locale);
  const fields = description.fields.map((field, index) => ({ ...field, flag: flags[index]?.name }));
  return { ...description, fields } as unknown as Json;
}
