import type { Icon } from "@modelcontextprotocol/server";
import type { Tool } from "@toolcast/core";

/**
 * Lines on nine by nine pixels. Kept short, because it is sent with every tool and may count towards a model's context.
 * Encodes only what an address must not contain.
 */
const drawn = (lines: string): Icon[] => [
  {
    src: `data:image/svg+xml,%3Csvg%20xmlns='http://www.w3.org/2000/svg'%20viewBox='0,0,9,9'%3E%3Cpath%20stroke='blue'%20d='${lines}'/%3E%3C/svg%3E`,
  },
];

/** One icon for tools that make something, one for those that read, one for those that change something. */
export const toolIcons: Record<Tool["effect"], Icon[]> = {
  spends: drawn("M4,1v7M1,4h7"),
  reads: drawn("M1,3h7M1,6h7"),
  changes: drawn("M1,8L8,1"),
};

export const serverIcons: Icon[] = drawn("M1,2h7M4,2v5M3,7h3");
