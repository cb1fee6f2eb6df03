import { type ChildProcess, spawn } from "node:child_process";
import { openSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { ReadyLine, World } from "./settings.ts";

/** A process of the run that has reported that it is ready. */
export interface Child {
  pid: number;
  port: number;
  url: string;
  /** Variables it sets for other processes. */
  environment: Record<string, string>;
  /** Resolves when the process has ended. */
  ended: Promise<Ending>;
  isAlive(): boolean;
  signal(name: NodeJS.Signals): void;
}

export interface Ending {
  pid: number;
  code: number | null;
  signal: NodeJS.Signals | null;
}

const programs = {
  app: fileURLToPath(new URL("./app-process.ts", import.meta.url)),
  sandbox: fileURLToPath(new URL("./sandbox-process.ts", import.meta.url)),
};

export interface ChildOptions {
  program: keyof typeof programs;
  world: World;
  /** 0 for any free port. */
  port: number;
  logFile: string;
  environment: Record<string, string>;
}

const running = new Set<ChildProcess>();

/** Starts a process and waits until it is ready; returns how it ended if it died before that. */
export async function startChild(options: ChildOptions): Promise<Child | Ending> {
  const { program, world, port, logFile, environment } = options;
  // Dozens of apps load the same code, and each killed one would compile it again.
  const compiled = join(dirname(world.killFile), "compiled");
  const child = spawn(
    process.execPath,
    ["--conditions=toolcast-source", "--no-warnings", programs[program], JSON.stringify(world), String(port)],
    {
      stdio: ["pipe", "pipe", openSync(logFile, "a")],
      env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: compiled, ...environment },
    },
  );
  running.add(child);
  const ended = new Promise<Ending>((resolve) => {
    child.once("exit", (code, signal) => {
      running.delete(child);
      resolve({ pid: child.pid ?? 0, code, signal });
    });
  });
  // The process may already be dead when its standard input is closed.
  child.stdin?.on("error", () => {});
  const ready = new Promise<ReadyLine>((resolve) => {
    createInterface({ input: child.stdout! }).once("line", (line) => resolve(JSON.parse(line) as ReadyLine));
  });
  const first = await Promise.race([ready, ended]);
  if (!("port" in first)) return first;
  return {
    pid: child.pid ?? 0,
    port: first.port,
    url: `http://127.0.0.1:${first.port}`,
    environment: first.environment ?? {},
    ended,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    signal: (name) => void child.kill(name),
  };
}

/** Ends every process of the run that is still alive. */
export function endChildren(): void {
  for (const child of running) child.kill("SIGKILL");
}
