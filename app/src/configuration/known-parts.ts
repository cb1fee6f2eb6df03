import { builtInProviders, builtInTools, type Tool } from "@toolcast/core";
import { type AnyAdapter, builtInAdapters } from "./built-in-adapters.ts";
import type { Plugins } from "./define-configuration.ts";
import type { AnyProvider } from "./definition-settings.ts";
import type { ConfigurationFiles } from "./files.ts";
import { readPlugins } from "./known-plugins.ts";

/**
 * Every tool, provider and chat platform of this installation, built in or from a plugin, whether configured or not.
 */
export interface KnownParts {
  tools: Tool[];
  definitions: AnyProvider[];
  adapterDefinitions: AnyAdapter[];
}

/** Loads what `toolcast.config` adds; from then on the codes of its vendors can be explained. */
export async function readKnownParts(files: ConfigurationFiles, given?: Plugins): Promise<KnownParts> {
  const plugins = await readPlugins(files, given);
  return {
    tools: [...builtInTools, ...(plugins.tools ?? [])],
    definitions: [...builtInProviders, ...(plugins.providers ?? [])],
    adapterDefinitions: [...builtInAdapters, ...(plugins.adapters ?? [])],
  };
}
