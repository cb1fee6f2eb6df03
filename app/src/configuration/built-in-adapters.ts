import type { AdapterDefinition } from "@toolcast/core/surface";
import { discord } from "@toolcast/discord";
import { slack } from "@toolcast/slack";
import { telegram } from "@toolcast/telegram";

// biome-ignore lint/suspicious/noExplicitAny: an adapter's settings are only known to its own definition
export type AnyAdapter = AdapterDefinition<any>;

/**
 * The chat platforms that come with Toolcast; `toolcast.config` may name more. No other code of this workspace knows
 * one.
 */
export const builtInAdapters: readonly AnyAdapter[] = [discord, slack, telegram];
