import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/**
 * Names this process as `<machine>:<pid>:<start>`, from which another one on the same machine can tell whether it is
 * still alive. On Linux the machine is the boot id and the process namespace, because a container's process ids are not
 * the host's; elsewhere it is the host's name, and the start is unknown.
 */
export function thisProcess(): string {
  return `${machine()}:${process.pid}:${startOf(process.pid)}`;
}

/** Whether the named process is known to have ended. False if that cannot be seen from here. */
export function isKnownDead(identity: string): boolean {
  const [where, pid, start] = identity.split(":");
  if (where !== machine() || !/^\d+$/.test(pid ?? "")) {
    return false;
  }
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
  // The process id may have been given to another process since.
  const startNow = startOf(Number(pid));
  return start !== "" && startNow !== "" && startNow !== start;
}

let known: string | undefined;

function machine(): string {
  known ??= readMachine();
  return known;
}

function readMachine(): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot}/${readlinkSync("/proc/self/ns/pid").replace(/\D/g, "")}`;
  } catch {
    return hostname().replaceAll(":", "");
  }
}

/** In clock ticks since the machine booted; empty if unknown. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name, which may contain anything; the start is the 22nd.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}
