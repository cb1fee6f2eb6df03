import type { Icon } from "@modelcontextprotocol/server";
import type { Tool } from "@toolcast/core";

/**
 * Blue on nothing, 16 by 16 pixels, as lossless WebP: the shortest of the formats that clients should show. An icon is
 * sent with every tool and may count towards a model's context.
 */
const drawn = (webp: string): Icon[] => [{ src: `data:image/webp;base64,${webp}` }];

/** A plus for tools that make something, two bars for those that read, two squares for those that change something. */
export const toolIcons: Record<Tool["effect"], Icon[]> = {
  spends: drawn("UklGRiwAAABXRUJQVlA4TB8AAAAvD8ADEA8QMf/zHww1AQgwRv9OmrnIENH/CYifzvgBAA=="),
  reads: drawn("UklGRiYAAABXRUJQVlA4TBkAAAAvD8ADEA8QMf/zHwyxYDJ/6a4cIvqf0KwBAA=="),
  changes: drawn("UklGRiQAAABXRUJQVlA4TBgAAAAvD8ADEA8QMf/zHwyxYDJ/6c4UIvofOR0="),
};

/** A T, as a drawing: sent once. */
export const serverIcons: Icon[] = [
  {
    src: "data:image/svg+xml,%3Csvg%20xmlns='http://www.w3.org/2000/svg'%20viewBox='0,0,9,9'%3E%3Cpath%20stroke='blue'%20d='M1,2h7M4,2v5M3,7h3'/%3E%3C/svg%3E",
  },
];
