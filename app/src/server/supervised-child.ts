import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Clock, sleep } from "@toolcast/core/engine";
import { parseReadyMessage, type ReadyMessage } from "./child-message.ts";
import { createRestartPolicy } from "./restart-policy.ts";

export interface SupervisedChildOptions {
  /** The launcher command that the child runs, e.g. `["start", "--no-supervisor"]`. */
  command: readonly string[];
  /** Called before each start. */
  environment: () => NodeJS.ProcessEnv;
  clock: Clock;
  /** Apart from the terminal: it prints nothing, and Ctrl-C does not reach it. Default false. */
  background?: boolean;
  onReady: (message: ReadyMessage) => void;
  /** It ended on its own and is started again after `delayMs`. */
  onRestart: (exit: { code: number | null; signal: string | null; delayMs: number }) => void;
  /** It ended for good: on purpose, for a reason that no restart fixes, or because it crashed too often. */
  onEnd: (code: number) => void;
}

/** A child process that is restarted when it dies. */
export interface SupervisedChild {
  /** Asks it to stop and waits until it has; it is not restarted. */
  stop(): Promise<void>;
  /** Ends it at once. */
  kill(): void;
  /** Lets it finish what it is doing and end; nobody waits for that. */
  leave(): void;
}

const launcher = fileURLToPath(new URL("../../bin/toolcast.js", import.meta.url));

export function superviseChild(options: SupervisedChildOptions): SupervisedChild {
  const decide = createRestartPolicy();
  const waiting = new AbortController();
  let stopping = false;
  let child: ChildProcess | null = null;
  let exited: Promise<void> = Promise.resolve();

  const start = () => {
    const startedAt = options.clock.monotonic();
    let ready = false;
    const running = spawn(process.execPath, [...process.execArgv, launcher, ...options.command], {
      stdio: options.background ? ["ignore", "ignore", "ignore", "ipc"] : ["ignore", "inherit", "inherit", "ipc"],
      detached: options.background ?? false,
      env: { ...options.environment(), TOOLCAST_SUPERVISED: "1" },
    });
    child = running;
    running.on("message", (message) => {
      const parsed = parseReadyMessage(message);
      if (parsed !== null) {
        ready = true;
        options.onReady(parsed);
      }
    });
    exited = new Promise((resolve) => {
      const end = (code: number | null, signal: string | null) => {
        child = null;
        resolve();
        if (!stopping) {
          void decideAfter(code, signal, ready, options.clock.monotonic() - startedAt);
        }
      };
      running.once("exit", end);
      running.once("error", () => end(1, null));
    });
  };

  const decideAfter = async (code: number | null, signal: string | null, ready: boolean, uptimeMs: number) => {
    const decision = decide({ code, signal, ready, uptimeMs });
    switch (decision.action) {
      case "end":
        options.onEnd(decision.code);
        return;
      case "give-up":
        options.onEnd(1);
        return;
      case "restart":
        options.onRestart({ code, signal, delayMs: decision.delayMs });
        await sleep(options.clock, decision.delayMs, waiting.signal).catch(() => {});
        if (!stopping) {
          start();
        }
        return;
      default:
        decision satisfies never;
    }
  };

  start();
  return {
    async stop() {
      stopping = true;
      waiting.abort();
      child?.kill("SIGTERM");
      await exited;
    },
    leave() {
      stopping = true;
      waiting.abort();
      if (child?.connected) {
        child.disconnect();
      }
      child?.unref();
    },
    kill() {
      stopping = true;
      waiting.abort();
      child?.kill("SIGKILL");
    },
  };
}
