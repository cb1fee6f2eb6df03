import nodeProcess from "node:process";
import { type ParseArgsOptionsConfig, parseArgs } from "node:util";

/** Ends a program before it begins: its options were asked for, or are wrong. The message is all there is to print. */
export class UsageShown extends Error {
  /** 0 if the options were asked for, 2 if they are wrong. */
  readonly exitCode: 0 | 2;

  constructor(message: string, exitCode: 0 | 2) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** A command line that cannot be obeyed; `usage` says what can be given instead. */
export function wrongUsage(sentence: string, usage: string): UsageShown {
  return new UsageShown(`${sentence}\n\n${usage}`, 2);
}

/** Reads options, without arguments beside them. Throws {@link UsageShown} for `--help` and for what is not an option. */
export function readOptions<T extends ParseArgsOptionsConfig>(args: readonly string[], options: T, usage: string) {
  const help = { help: { type: "boolean", short: "h" } } as const;
  let values: ReturnType<typeof parseArgs<{ options: T & typeof help }>>["values"];
  try {
    ({ values } = parseArgs({ args: [...args], options: { ...options, ...help } }));
  } catch (error) {
    // The first sentence says what is wrong; the next one tells how to pass it on as something that we do not take.
    const [sentence] = (error as Error).message.split(/\.?(?:\s|$)(?=To specify|This command|Did you)/);
    throw wrongUsage(`${sentence?.replace(/\.$/, "")}.`, usage);
  }
  if ((values as { help?: boolean }).help) {
    throw new UsageShown(usage, 0);
  }
  return values;
}

/** Reads a command line; prints the options and exits if they were asked for, or are wrong. */
export function readOrExit<T>(
  read: () => T,
  process: {
    stdout: { write(text: string): unknown };
    stderr: { write(text: string): unknown };
    exit(code: number): never;
  } = nodeProcess,
): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UsageShown)) {
      throw error;
    }
    (error.exitCode === 0 ? process.stdout : process.stderr).write(`${error.message}\n`);
    return process.exit(error.exitCode);
  }
}
