import type { SpendingTool } from "@toolcast/core";
import type { ProviderDefinition } from "@toolcast/core/provider";

/** The input of a press. */
export interface PosterRequest {
  headline: string;
  colour?: "red" | "black";
}

declare module "@toolcast/core/provider" {
  interface Capabilities {
    poster: PosterRequest;
  }
}

export const inkpress: ProviderDefinition<{ key: string; url: string; concurrent: number }>;
// biome-ignore lint/suspicious/noExplicitAny: a tool's own input type is only known to the tool
export const makePoster: SpendingTool<any>;
