import { randomInt } from "node:crypto";
import { rmSync } from "node:fs";
import process from "node:process";
import { readOrExit } from "../command-line.ts";
import { readArguments } from "./arguments.ts";
import { endChildren } from "./child.ts";
import { reportOf } from "./report.ts";
import { runChaos } from "./run.ts";

/**
 * Embedded chaos: the vendors and two apps on one data directory run as processes that are killed, paused and drained
 * under a mixed load, on a machine whose clock is set a day forward and back and whose disk fills up,
 * beside copies of its data, and at last on a restored one. The outcome is
 * then checked against the promises. The long form runs until an app has died at every arrow. Exits with 1 if a promise
 * was broken and with 2 if the run itself failed or an option is wrong.
 */
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    endChildren();
    process.exit(2);
  });
}
const wanted = readOrExit(() => readArguments(process.argv.slice(2), randomInt(1_000_000)));
try {
  process.stdout.write(`chaos, engine ${wanted.engine}, seed ${wanted.seed}\n`);
  const record = await runChaos(wanted);
  const { text, violations } = await reportOf(wanted, record);
  await record.end();
  process.stdout.write(text);
  if (violations === 0) {
    rmSync(record.directory, { recursive: true, force: true });
  } else {
    process.exitCode = 1;
  }
  // Time-outs of drains that were in time would keep it for half a minute.
  process.exit();
} catch (error) {
  endChildren();
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(2);
}
