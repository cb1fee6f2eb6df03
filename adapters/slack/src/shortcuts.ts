import type { Tool } from "@toolcast/core";
import type { GivenInput } from "@toolcast/core/chat";
import { describeTool } from "@toolcast/core/surface";
import type { InboundFile } from "./payload.ts";
import type { readInput } from "./words.ts";

const prefix = "tool:";
export const openShortcut = "open";

/** The tools in a message's menu: those that take what a message holds, with those for its files first. */
export function messageTools(tools: readonly Tool[]): Tool[] {
  const takesFile = (tool: Tool) => describeTool(tool, "en").fields.some(({ kind }) => kind === "media");
  const takesText = ({ primary, effect }: Tool) => primary !== undefined && effect === "spends";
  const offered = tools.filter(({ effect, operatorsOnly }) => effect === "spends" && !operatorsOnly);
  return [...offered.filter(takesFile), ...offered.filter((tool) => !takesFile(tool) && takesText(tool))];
}

export function shortcutId({ command }: Pick<Tool, "command">): string {
  return `${prefix}${command}`;
}

export function toolOfShortcut(tools: readonly Tool[], id: string): Tool | undefined {
  return tools.find((tool) => shortcutId(tool) === id);
}

/**
 * The input a message gives a tool: each file for the first input that takes its kind, the text for the primary one.
 */
export function givenBy(
  tool: Tool,
  { text = "", files = [] }: { text?: string; files?: readonly InboundFile[] | undefined },
  { input = {}, private: isPrivate = false }: Partial<ReturnType<typeof readInput>> = {},
): GivenInput {
  const { fields, primary } = describeTool(tool, "en");
  const open = fields.filter(({ kind, name }) => kind === "media" && input[name] === undefined);
  const taken: GivenInput["files"] = [];
  for (const file of files) {
    const kind = file.mimetype?.split("/", 1)[0] || undefined;
    const at = open.findIndex(({ limits }) => kind === undefined || limits === undefined || limits.kind === kind);
    const [field] = at === -1 ? [] : open.splice(at, 1);
    if (field !== undefined) {
      taken.push({ field: field.name, file });
    }
  }
  const words = text.trim() === "" || primary === undefined ? {} : { [primary]: text.trim() };
  return { input: { ...words, ...input }, files: taken, private: isPrivate || (tool.private ?? false) };
}
