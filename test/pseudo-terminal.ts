import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** A command on a pseudo-terminal, as a person has it. */
export interface PseudoTerminal {
  /** The lines on the screen by now, without those that are empty. */
  screen(): string[];
  /** Everything that was written to the terminal. */
  written(): string;
  /** Types this; `\u0003` is Ctrl-C. */
  type(keys: string): void;
  /** The exit code. */
  ended: Promise<number | null>;
  kill(): void;
}

export interface PseudoTerminalOptions {
  environment: Record<string, string>;
  directory: string;
  columns?: number;
}

/** Runs a command of the shell by `script`, which is on every Linux and waits until the command has ended. */
export function openPseudoTerminal(command: string, options: PseudoTerminalOptions): PseudoTerminal {
  const { environment, directory, columns = 100 } = options;
  const child: ChildProcess = spawn(
    "script",
    ["--quiet", "--return", "--flush", "--command", `stty cols ${columns}; exec ${command}`, "/dev/null"],
    { cwd: directory, env: { PATH: process.env.PATH, TERM: "xterm", ...environment }, stdio: ["pipe", "pipe", "pipe"] },
  );
  let written = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    written += text;
  });
  return {
    screen: () => screenOf(written),
    written: () => written,
    type: (keys) => child.stdin?.write(keys),
    ended: once(child, "close").then(([code]) => code as number | null),
    kill: () => child.kill("SIGKILL"),
  };
}

const escapeCharacter = "\u001b";

/** Understands what our programs and npm write: line ends, cursor up, and erasing a line or all below. */
function screenOf(written: string): string[] {
  const lines: string[] = [""];
  let row = 0;
  let column = 0;
  for (const [, up, erase, text, end] of written
    .replaceAll(escapeCharacter, "␛")
    .matchAll(/␛\[(\d+)A|␛\[(\d*[JK])|␛\[[?\d;]*[A-Za-z]|([^␛\r\n]+)|([\r\n])/g)) {
    if (up !== undefined) {
      row = Math.max(0, row - Number(up));
    } else if (erase !== undefined) {
      lines[row] = erase === "2K" ? "" : (lines[row] ?? "").slice(0, column);
      lines.length = erase.endsWith("J") ? row + 1 : lines.length;
    } else if (text !== undefined) {
      const line = (lines[row] ?? "").padEnd(column);
      lines[row] = line.slice(0, column) + text + line.slice(column + text.length);
      column += text.length;
    } else {
      column = end === "\r" ? 0 : column;
      row += end === "\n" ? 1 : 0;
      lines[row] ??= "";
    }
  }
  return lines.map((line) => line.trimEnd()).filter((line) => line !== "");
}
