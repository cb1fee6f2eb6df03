import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

/** What a process has used so far. */
export interface Usage {
  /** User and system time, in milliseconds. */
  processorMs: number;
  /** Resident memory, in MB. */
  memoryMb: number;
}

/** Of Linux's clock in `/proc`, a second. */
const ticksPerSecond = 100;

export function processorAndMemory(pid: number): Usage {
  if (existsSync(`/proc/${pid}/stat`)) {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
    const resident = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
    return {
      processorMs: ((Number(fields[11]) + Number(fields[12])) * 1_000) / ticksPerSecond,
      memoryMb: resident / 1_024,
    };
  }
  // For example `1:02.34  123456`.
  const [time = "", resident = ""] = execFileSync("ps", ["-o", "time=,rss=", "-p", String(pid)], { encoding: "utf8" })
    .trim()
    .split(/\s+/);
  const seconds = time.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
  return { processorMs: seconds * 1_000, memoryMb: Number(resident) / 1_024 };
}
