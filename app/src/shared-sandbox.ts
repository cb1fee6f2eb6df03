import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Clock, sleep } from "@toolcast/core/engine";
import { z } from "zod";
import { isAlive } from "./process-record.ts";

/** The vendors of one data directory while no keys are set: one sandbox, whichever process runs it. */
export interface SharedSandbox {
  url: string;
  /** The variables that point the providers at it. */
  environment: Record<string, string>;
  /** Ends this process's part; another process that uses the sandbox takes it over. */
  close(): Promise<void>;
}

const recordSchema = z.object({
  url: z.string(),
  port: z.int().min(1).max(65_535),
  pid: z.int().min(1),
  environment: z.record(z.string(), z.string()),
});
type SandboxRecord = z.infer<typeof recordSchema>;

const lookEveryMs = 250;
const attempts = 40;
/** After this many attempts a port taken by a stranger is given up, and an unreadable record is replaced. */
const attemptsOnOldPort = 20;

export interface SharedSandboxOptions {
  dataDirectory: string;
  /** How many times faster than real time the vendors work. */
  speed: number;
  clock: Clock;
}

/**
 * Uses the sandbox already running on this data directory, or runs it. Its port never changes, so that addresses stored
 * in jobs stay valid. When the process that runs it goes away, another one takes over with all its state.
 */
export async function joinSandbox(options: SharedSandboxOptions): Promise<SharedSandbox> {
  const { dataDirectory, clock } = options;
  let { record, close } = await joinOrRun(options);
  let closed = false;
  let cancelLook = () => {};
  let takingOver: Promise<void> = Promise.resolve();

  const look = () => {
    cancelLook = clock.setTimer(lookEveryMs, () => {
      takingOver = takeOver().catch(() => {});
    });
  };
  const takeOver = async () => {
    if (!isAlive(record.pid) || !(await answers(record.url))) {
      const taken = await joinOrRun(options);
      if (closed) {
        await taken.close?.();
        return;
      }
      ({ record, close } = taken);
    }
    if (close === null && !closed) {
      look();
    }
  };
  if (close === null) {
    look();
  }
  return {
    url: record.url,
    environment: record.environment,
    async close() {
      closed = true;
      cancelLook();
      await takingOver;
      await close?.();
      close = null;
    },
  };

  async function joinOrRun({ speed }: SharedSandboxOptions): Promise<{
    record: SandboxRecord;
    close: (() => Promise<void>) | null;
  }> {
    for (let attempt = 1; ; attempt += 1) {
      const known = readSandboxRecord(dataDirectory);
      if (known !== null && isAlive(known.pid) && (await answers(known.url))) {
        return { record: known, close: null };
      }
      try {
        const patient = attempt <= attemptsOnOldPort;
        return await run({ port: patient ? (known?.port ?? 0) : 0, first: known === null && patient, speed });
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code;
        // Another process is doing the same right now: its record is read in the next attempt.
        if ((code !== "EADDRINUSE" && code !== "EEXIST") || attempt >= attempts) {
          throw error;
        }
        await sleep(clock, 100);
      }
    }
  }

  async function run({ port, first, speed }: { port: number; first: boolean; speed: number }) {
    const { startSandbox } = await import("@toolcast/sandbox");
    const sandbox = await startSandbox({ port, speed, dataDirectory: join(dataDirectory, "sandbox") });
    const mine = { url: sandbox.url, port: sandbox.port, pid: process.pid, environment: sandbox.environment };
    try {
      writeRecord(recordFile(dataDirectory), mine, first);
    } catch (error) {
      await sandbox.close();
      throw error;
    }
    return { record: mine, close: () => sandbox.close() };
  }
}

/** The last known sandbox of a data directory, running or not; null if there has been none. */
export function readSandboxRecord(dataDirectory: string): SandboxRecord | null {
  try {
    return recordSchema.parse(JSON.parse(readFileSync(recordFile(dataDirectory), "utf8")));
  } catch {
    return null;
  }
}

function recordFile(dataDirectory: string): string {
  return join(dataDirectory, "sandbox.json");
}

function writeRecord(file: string, record: SandboxRecord, first: boolean): void {
  const text = `${JSON.stringify(record)}\n`;
  if (first) {
    writeFileSync(file, text, { flag: "wx", mode: 0o600 });
    return;
  }
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, text, { mode: 0o600 });
  renameSync(temporary, file);
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(1_000) })).ok;
  } catch {
    return false;
  }
}
