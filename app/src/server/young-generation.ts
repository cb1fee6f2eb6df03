import v8 from "node:v8";

/**
 * Lets V8's space for new objects grow as it does by default. The launcher keeps it small while a server starts, whose
 * modules would otherwise decide how much memory it holds ever after.
 */
export function letYoungGenerationGrow(): void {
  v8.setFlagsFromString("--semi-space-growth-factor=2");
  v8.setFlagsFromString("--parallel-scavenge");
}
