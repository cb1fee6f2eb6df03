import type { SpendingTool } from "@toolcast/core";

// biome-ignore lint/suspicious/noExplicitAny: a tool's own input type is only known to the tool
export const postcard: SpendingTool<any>;
