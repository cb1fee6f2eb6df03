import process from "node:process";
import { runCommandLine } from "./cli/command-line.ts";

// A reader that closes the pipe early (`toolcast explain --all | head`) is not an error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (process.stdout.listenerCount("error") > 1) {
    // A server or running command handles this itself and stops in order: paid starts must not be cut off.
    return;
  }
  if (error.code === "EPIPE") {
    process.exit(0);
  }
  throw error;
});
// Only notes that nobody reads are lost.
process.stderr.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") {
    throw error;
  }
});

// Core's timers do not keep a process alive; a command that waits for one (another process's turn, a restart) must.
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
// Everything of ours is closed by now, and a keep-alive connection or a forgotten timer must not delay the prompt.
process.exitCode = exitCode;
stdout.write("", () => stderr.write("", () => process.exit(exitCode)));
