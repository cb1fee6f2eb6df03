import type { Tool } from "@toolcast/core";
import type { ProviderDefinition } from "@toolcast/core/provider";
import type { AdapterDefinition } from "@toolcast/core/surface";

/** What a `toolcast.config.ts` adds to the built-in tools, providers and chat platforms. */
export interface Plugins {
  /** Additional tools. Default: none. A name or command that already exists is an error. */
  tools?: Tool[];
  /**
   * Additional providers; their variables are read from the environment like those of the built-in ones. Default: none.
   */
  // biome-ignore lint/suspicious/noExplicitAny: a provider's settings are only known to its own definition
  providers?: ProviderDefinition<any>[];
  /** Additional chat platforms; their variables are read from the environment too. Default: none. */
  // biome-ignore lint/suspicious/noExplicitAny: an adapter's settings are only known to its own definition
  adapters?: AdapterDefinition<any>[];
}

/** Types the default export of `toolcast.config.ts`; adds nothing. */
export function defineConfiguration(plugins: Plugins): Plugins {
  return plugins;
}
