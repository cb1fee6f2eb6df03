import { addToCatalog, builtInProviders, builtInTools, type Tool } from "@toolcast/core";
import type { Plugins } from "./define-configuration.ts";
import type { ConfigurationFiles } from "./files.ts";
import { loadPlugins } from "./plugins.ts";
import type { AnyProvider } from "./provider-settings.ts";

/** Every tool and provider of this installation, built in or from a plugin, whether set up or not. */
export interface KnownParts {
  tools: Tool[];
  definitions: AnyProvider[];
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
  };
}
