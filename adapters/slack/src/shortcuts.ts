import type { Tool } from "@toolcast/core";

const prefix = "tool:";
export const openShortcut = "open";

export function shortcutId({ command }: Pick<Tool, "command">): string {
  return `${prefix}${command}`;
}

export function toolOfShortcut(tools: readonly Tool[], id: string): Tool | undefined {
  return tools.find((tool) => shortcutId(tool) === id);
}
