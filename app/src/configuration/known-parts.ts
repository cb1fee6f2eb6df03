import { builtInProviders, builtInTools, type Tool } from "@toolcast/core";
import { addToCatalog } from "@toolcast/core/errors";
import { type AnyAdapter, builtInAdapters } from "./built-in-adapters.ts";
import type { Plugins } from "./define-configuration.ts";
import type { AnyProvider } from "./definition-settings.ts";
import type { ConfigurationFiles } from "./files.ts";
import { loadPlugins } from "./plugins.ts";

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
  const plugins = given ?? (files.configurationFile === null ? {} : await loadPlugins(files.configurationFile));
  for (const definition of plugins.providers ?? []) {
    addToCatalog(definition);
  }
  return {
    tools: [...builtInTools, ...(plugins.tools ?? [])],
    definitions: [...builtInProviders, ...(plugins.providers ?? [])],
    adapterDefinitions: [...builtInAdapters, ...(plugins.adapters ?? [])],
  };
}
