/** How a process that should keep running ended. */
export interface Exit {
  code: number | null;
  signal: string | null;
  /** Whether it had finished starting. */
  ready: boolean;
  /** How long it ran, in milliseconds. */
  uptimeMs: number;
}

/** What to do about it. */
export type Decision =
  /** It ended on purpose, or for a reason that a restart does not fix; the supervisor exits with this code. */
  { action: "end"; code: number } | { action: "restart"; delayMs: number } | { action: "give-up" };

const delaysMs = [0, 250, 1_000, 2_000, 5_000, 10_000];
/** A process that ran this long is healthy: its end is not part of a crash loop. */
const healthyAfterMs = 10_000;
/** Exit code of wrong usage and wrong configuration, which a restart would not fix. */
const usageExitCode = 2;

/**
 * Decides about each exit in turn: restarts at once after a healthy run, with growing delays in a crash loop, and
 * finally not at all.
 */
export function createRestartPolicy(): (exit: Exit) => Decision {
  let failures = 0;
  return ({ code, signal, ready, uptimeMs }) => {
    if (signal === null && (code === 0 || code === usageExitCode)) {
      return { action: "end", code };
    }
    if (uptimeMs >= healthyAfterMs || (ready && signal === "SIGKILL")) {
      // SIGKILL comes from outside (a person, the console's button, the system when short of memory), never from our
      // own bug.
      failures = 0;
      return { action: "restart", delayMs: 0 };
    }
    const delayMs = delaysMs[failures];
    failures += 1;
    return delayMs === undefined ? { action: "give-up" } : { action: "restart", delayMs };
  };
}
