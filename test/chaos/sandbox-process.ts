import { startSandbox } from "@toolcast/sandbox";
import { createFastClock } from "./fast-clock.ts";
import { watchLag } from "./lag.ts";
import { portSchema, type ReadyLine, worldSchema } from "./settings.ts";

/** The vendors of a run: `<world as JSON> <port>`. Prints where it listens and ends when its standard input closes. */
const world = worldSchema.parse(JSON.parse(process.argv[2] ?? ""));
watchLag(world);
const sandbox = await startSandbox({
  port: portSchema.parse(process.argv[3]),
  speed: world.sandboxSpeed,
  dataDirectory: world.sandboxDirectory,
  clock: createFastClock(world),
});
// Voices and points must not run out over hundreds of jobs; the other limits are the account's defaults.
sandbox.control.limits({ voiceLiteTotal: 100_000, voiceProTotal: 100_000 });
const { port, environment } = sandbox;
process.stdout.write(`${JSON.stringify({ port, environment } satisfies ReadyLine)}\n`);
process.stdin.resume().once("end", () => process.exit(1));
