import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { z } from "zod";

const schema = z.object({ url: z.string(), pid: z.int().min(1) });

/** A process that has registered itself in a file. */
export type ProcessRecord = z.infer<typeof schema>;

/** The process registered in the file, if it is still alive; otherwise null. */
export function readProcessRecord(file: string): ProcessRecord | null {
  try {
    const record = schema.parse(JSON.parse(readFileSync(file, "utf8")));
    return isAlive(record.pid) ? record : null;
  } catch {
    return null;
  }
}

export function writeProcessRecord(file: string, record: ProcessRecord): void {
  const temporary = `${file}.${record.pid}`;
  writeFileSync(temporary, `${JSON.stringify(record)}\n`, { mode: 0o600 });
  renameSync(temporary, file);
}

/** Removes this process's own registration. */
export function removeProcessRecord(file: string): void {
  if (readProcessRecord(file)?.pid === process.pid) {
    rmSync(file, { force: true });
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
