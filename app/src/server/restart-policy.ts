/** How a process that should run for ever ended. */
export interface Exit {
  code: number | null;
  signal: string | null;
  /** Whether it had come up. */
  ready: boolean;
  /** How long it lived, in milliseconds. */
  uptimeMs: number;
}

/** What to do about it. */
export type Decision =
  /** It ended on purpose, or for a reason that a restart does not mend; the supervisor ends with this code. */
  { action: "end"; code: number } | { action: "restart"; delayMs: number } | { action: "give-up" };

const delaysMs = [0, 250, 1_000, 2_000, 5_000, 10_000];
/** A process that lived this long is healthy: its end is no part of a crash loop. */
const healthyAfterMs = 10_000;
/** Exit code of wrong usage and wrong configuration: it would be as wrong again. */
const usageExitCode = 2;

/** Decides about each exit in turn: at once after a healthy life, ever later in a crash loop, at last no more. */
export function createRestartPolicy(): (exit: Exit) => Decision {
  let failures = 0;
  return ({ code, signal, ready, uptimeMs }) => {
    if (signal === null && (code === 0 || code === usageExitCode)) {
      return { action: "end", code };
    }
    if (uptimeMs >= healthyAfterMs || (ready && signal === "SIGKILL")) {
      // SIGKILL comes from outside (a person, the console's button, the system short of memory), never from a bug of ours.
      failures = 0;
      return { action: "restart", delayMs: 0 };
    }
    const delayMs = delaysMs[failures];
    failures += 1;
    return delayMs === undefined ? { action: "give-up" } : { action: "restart", delayMs };
  };
}
