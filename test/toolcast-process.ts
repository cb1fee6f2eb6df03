import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repository } from "./repository.ts";

export interface Ended {
  code: number | null;
  out: string;
  error: string;
}

/** A toolcast process and its output so far. */
export interface Running {
  child: ChildProcess;
  out: () => string;
  error: () => string;
  ended: Promise<Ended>;
}

/** A person's terminal: runs `toolcast` commands in its own folder, which is also the home directory. */
export interface Terminal {
  directory: string;
  begin(args: string[], environment: Record<string, string>, directory?: string, input?: string): Running;
  /** Kills every process still running, so that a failed test leaves nothing behind. */
  close(): void;
}

/** `program`: which `toolcast` its commands run. Default: the repository's. */
export function openTerminal(program = join(repository, "app", "bin", "toolcast.js")): Terminal {
  const home = mkdtempSync(join(tmpdir(), "toolcast-cli-"));
  const unfinished = new Set<ChildProcess>();
  return {
    directory: home,
    begin(args, environment, directory = home, input) {
      const child = spawn(process.execPath, [program, ...args], {
        cwd: directory,
        env: { PATH: process.env.PATH, HOME: home, LANG: "en_US.UTF-8", ...environment },
        stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
      }) as ChildProcessWithoutNullStreams;
      // A command that refuses its input may end before it has read all of it.
      child.stdin?.on("error", () => {}).end(input);
      let out = "";
      let error = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
      child.stderr.setEncoding("utf8").on("data", (text: string) => (error += text));
      unfinished.add(child);
      child.once("close", () => unfinished.delete(child));
      const ended = once(child, "close").then(([code]) => ({ code: code as number | null, out, error }));
      return { child, out: () => out, error: () => error, ended };
    },
    close() {
      for (const child of unfinished) {
        child.kill("SIGKILL");
      }
      rmSync(home, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** The folder, below a data directory, for everything made in the sandbox. */
export function ofSandbox(dataDirectory: string): string {
  return join(dataDirectory, "sandbox", "installation");
}

export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  timeoutMs = 20_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) {
      throw new Error(`gave up waiting for ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** The sandbox as its own command, acting as the vendors for other processes. */
export interface SandboxProcess {
  /** The variables that point a toolcast at it. */
  environment: Record<string, string>;
  url: string;
  /** Ends it as its user would; returns the exit code. */
  stop(): Promise<number | null>;
}

export async function startSandboxProcess(terminal: Terminal): Promise<SandboxProcess> {
  const { child, out, ended } = terminal.begin(["sandbox", "--speed", "20"], {});
  await until(() => out().includes("XJC_BASE_URL="), "the sandbox");
  const environment = Object.fromEntries(
    out()
      .trim()
      .split("\n")
      .map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]),
  );
  return {
    environment,
    url: new URL(environment.SPARK_BASE_URL!).origin,
    async stop() {
      child.kill("SIGTERM");
      return (await ended).code;
    },
  };
}

/** Every paid start of a sandbox. */
export async function ledgerAt(url: string): Promise<{ endpoint: string; text: string }[]> {
  const answer = await fetch(`${url}/ledger`);
  return ((await answer.json()) as { entries: { endpoint: string; text: string }[] }).entries;
}

/** Those for prompts that contain this text. */
export async function paidAt(url: string, text: string): Promise<{ endpoint: string; text: string }[]> {
  return (await ledgerAt(url)).filter((entry) => entry.text.includes(text));
}
