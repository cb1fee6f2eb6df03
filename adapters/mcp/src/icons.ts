import type { Icon } from "@modelcontextprotocol/server";
import type { Tool } from "@toolcast/core";

/**
 * Kept short: it is sent with every tool and may count towards a model's context. Encodes only what an address must not
 * contain.
 */
const drawn = (path: string): Icon[] => [
  {
    src: `data:image/svg+xml,%3Csvg%20xmlns='http://www.w3.org/2000/svg'%20viewBox='0%200%2024%2024'%3E%3Cpath%20stroke='%2363f'%20fill='none'%20d='${path.replaceAll(" ", ",")}'/%3E%3C/svg%3E`,
  },
];

/** One icon for tools that make something, one for those that read, one for those that change something. */
export const toolIcons: Record<Tool["effect"], Icon[]> = {
  spends: drawn("M12 3v18M3 12h18"),
  reads: drawn("M2 12l10-7 10 7-10 7z"),
  changes: drawn("M20 4L4 20h5"),
};

export const serverIcons: Icon[] = drawn("M4 6h16M12 6v13M8 19h8M6 10l-3-4 3-4m12 8l3-4-3-4");
