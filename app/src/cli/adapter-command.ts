import type { AdapterCommand } from "@toolcast/core/surface";
import type { AnyAdapter } from "../configuration/built-in-adapters.ts";
import { mergeEnvironments } from "../configuration/configuration.ts";
import { findConfigurationFiles } from "../configuration/files.ts";
import { readKnownParts } from "../configuration/known-parts.ts";
import type { CommandContext } from "./command-context.ts";

/**
 * `toolcast <adapter> <command>`: what an operator needs before the adapter is configured, so no settings are checked.
 */
export async function adapterCommand(
  { output, source }: CommandContext,
  { settings }: AnyAdapter,
  { run }: AdapterCommand,
  argument: string | undefined,
): Promise<void> {
  const files = findConfigurationFiles(source.workingDirectory);
  const environment = mergeEnvironments(files.dotEnv, source.environment);
  const { tools } = await readKnownParts(files, source.plugins);
  const lines = await run({
    tools,
    publicUrl: environment.PUBLIC_URL?.trim().replace(/\/+$/, "") || null,
    values: Object.fromEntries(settings.map(({ variable }) => [variable, environment[variable]?.trim() || undefined])),
    argument,
  });
  output.print(lines.join("\n"));
  output.document({ lines });
}
