import type { AdapterDefinition } from "@toolcast/core/surface";

export const pinboard: AdapterDefinition<{ url: string; token: string }>;
