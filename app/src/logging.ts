import { createRequire } from "node:module";
import type { Logger } from "@toolcast/core";
import type { Redact } from "./redaction.ts";

export interface LoggingOptions {
  /** A pino level: trace, debug, info, warn, error, fatal or silent. */
  level: string;
  redact: Redact;
  /** Where lines go: standard error, so that standard output stays the program's answer. */
  output: { write(text: string): unknown; isTTY?: boolean };
}

const levelNames: Record<number, string> = {
  10: "trace",
  20: "debug",
  30: "info",
  40: "warn",
  50: "error",
  60: "fatal",
};

/** A logger whose every line has been redacted: JSON for machines, one short line for a person at a terminal. */
export function createLogger({ level, redact, output }: LoggingOptions): Logger {
  const destination = {
    write(line: string) {
      const clean = redacted(line, redact);
      output.write(output.isTTY ? readable(clean) : clean);
    },
  };
  // Loaded with the first line: most commands write none.
  let logger: Logger | undefined;
  const load = (): Logger => {
    const { pino } = createRequire(import.meta.url)("pino") as typeof import("pino");
    return pino({ level, base: { pid: process.pid }, serializers: { err: errorFacts } }, destination);
  };
  const write =
    (name: keyof Logger): Logger[keyof Logger] =>
    (facts, message) => {
      if (levelNumber(name) >= levelNumber(level)) {
        logger ??= load();
        logger[name](facts, message);
      }
    };
  return { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}

/** Infinity for `silent`. */
function levelNumber(name: string): number {
  const found = Object.entries(levelNames).find(([, level]) => level === name);
  return found === undefined ? Number.POSITIVE_INFINITY : Number(found[0]);
}

/** Only in the values, so that a line stays JSON whatever the secrets are. */
function redacted(line: string, redact: Redact): string {
  try {
    return `${JSON.stringify(redact.json(JSON.parse(line)))}\n`;
  } catch {
    return redact(line);
  }
}

/** How many nested causes are logged. */
const mostCauses = 5;

/** An error's message and stack, and nothing else, because libraries add addresses and bodies to their errors. */
function errorFacts(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const { name, message, stack, cause } = error;
  const { code } = error as { code?: unknown };
  return {
    type: name,
    message,
    ...(typeof code === "string" || typeof code === "number" ? { code } : {}),
    stack,
    ...(cause === undefined || depth === mostCauses ? {} : { cause: errorFacts(cause, depth + 1) }),
  };
}

function readable(line: string): string {
  try {
    const { level, time, pid: _pid, msg, ...facts } = JSON.parse(line) as Record<string, unknown>;
    const clock = new Date(Number(time)).toTimeString().slice(0, 8);
    const rest = Object.keys(facts).length === 0 ? "" : ` ${JSON.stringify(facts)}`;
    return `${clock} ${levelNames[Number(level)] ?? level} ${msg ?? ""}${rest}\n`;
  } catch {
    return line;
  }
}
