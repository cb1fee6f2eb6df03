import type { Icon } from "@modelcontextprotocol/server";
import type { Tool } from "@toolcast/core";

const drawn = (path: string): Icon[] => [
  {
    src: `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#6366f1" stroke-width="2" stroke-linecap="round"><path d="${path}"/></svg>`)}`,
    mimeType: "image/svg+xml",
    sizes: ["any"],
  },
];

/** One sign for what makes something, one for what looks, one for what changes. */
export const toolIcons: Record<Tool["effect"], Icon[]> = {
  spends: drawn("M12 3v4m0 10v4M3 12h4m10 0h4M12 9a3 3 0 100 6 3 3 0 000-6z"),
  reads: drawn("M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12zm10-3a3 3 0 100 6 3 3 0 000-6z"),
  changes: drawn("M4 20l4-1L19 8l-3-3L5 16zM14 7l3 3"),
};

export const serverIcons: Icon[] = drawn("M4 6h16M12 6v13M8 19h8M6 10l-3-4 3-4m12 8l3-4-3-4");
