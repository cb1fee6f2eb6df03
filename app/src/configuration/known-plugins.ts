import { addToCatalog } from "@toolcast/core/errors";
import type { Plugins } from "./define-configuration.ts";
import type { ConfigurationFiles } from "./files.ts";

/** Loads what `toolcast.config` adds; from then on the codes of its vendors can be explained. */
export async function readPlugins({ configurationFile }: ConfigurationFiles, given?: Plugins): Promise<Plugins> {
  const plugins = given ?? (configurationFile === null ? {} : await loadFrom(configurationFile));
  for (const definition of plugins.providers ?? []) {
    addToCatalog(definition);
  }
  return plugins;
}

/** What checks plugins is loaded only where there are some. */
async function loadFrom(configurationFile: string): Promise<Plugins> {
  const { loadPlugins } = await import("./plugins.ts");
  return loadPlugins(configurationFile);
}
