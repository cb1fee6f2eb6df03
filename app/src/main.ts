import process from "node:process";
import { runCommandLine } from "./cli/command-line.ts";

// A reader that has seen enough (`toolcast explain --all | head`) is no failure of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (process.stdout.listenerCount("error") > 1) {
    // Somebody serves here and ends in order when its reader goes away: paid starts must not be cut off.
    return;
  }
  if (error.code === "EPIPE") {
    process.exit(0);
  }
  throw error;
});
// Remarks that nobody reads are lost, and nothing else.
process.stderr.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") {
    throw error;
  }
});

// Core's timers keep no process alive by themselves; a command that waits for one (another process's turn, a restart) does.
const alive = setInterval(() => {}, 60_000);
const { stdin, stdout, stderr, env, platform } = process;
const exitCode = await runCommandLine(process.argv.slice(2), {
  stdin,
  stdout,
  stderr,
  environment: env,
  workingDirectory: process.cwd(),
  platform,
});
clearInterval(alive);
// Nothing of ours is open any more, but a keep-alive connection or a forgotten timer must not hold the prompt back.
process.exitCode = exitCode;
stdout.write("", () => stderr.write("", () => process.exit(exitCode)));
