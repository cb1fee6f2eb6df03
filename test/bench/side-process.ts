import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { repository } from "../repository.ts";

/** A process that is measured. */
export interface Measured {
  child: ChildProcess;
  /** What it has written to its standard output. */
  out: () => string;
  stop(): Promise<void>;
}

const running = new Set<ChildProcess>();

/** Node with the given arguments; waits for `ready` on its standard output, and throws if it ends before. */
export async function startNode(
  args: readonly string[],
  environment: Record<string, string>,
  ready: string | null,
): Promise<Measured> {
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, LANG: "en_US.UTF-8", ...environment },
    stdio: ["pipe", "pipe", "pipe"],
  });
  running.add(child);
  let out = "";
  let error = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (error += text));
  const ended = once(child, "close").finally(() => running.delete(child));
  await new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
      if (ready !== null && out.includes(ready)) {
        resolve();
      }
    });
    if (ready === null) {
      resolve();
    }
    void ended.then(() => reject(new Error(`${args.join(" ")} ended:\n${out}${error}`)));
  });
  return {
    child,
    out: () => out,
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** Ends what is still running. */
export function endProcesses(): void {
  for (const child of running) {
    child.kill("SIGKILL");
  }
}

/** `toolcast` with these arguments. */
export const toolcast = (...args: string[]): string[] => [join(repository, "app", "bin", "toolcast.js"), ...args];

/** A program beside this file. */
export const program = (name: string, ...args: string[]): string[] => [
  "--conditions=toolcast-source",
  "--no-warnings",
  fileURLToPath(new URL(name, import.meta.url)),
  ...args,
];

/** A folder for a store, removed with all it holds. */
export function temporaryFolder(): { path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), "toolcast-bench-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }) };
}
