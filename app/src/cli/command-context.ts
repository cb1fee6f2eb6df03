import type { Caller, Logger } from "@toolcast/core";
import { cliSurfaceId } from "../cli-surface.ts";
import type { Configuration, ConfigurationSource } from "../configuration/configuration.ts";
import { createRedaction, type Redact, redactNothing } from "../redaction.ts";
import type { Output, Writable } from "./output.ts";

/** The person at this terminal; their jobs belong to them whatever the working directory. */
export const terminalCaller = "cli:local";

/** What every command can use. */
export interface CommandContext {
  output: Output;
  source: ConfigurationSource;
  stderr: Writable;
  /** Where answers are read from; without a terminal nobody is asked. */
  stdin: NodeJS.ReadStream;
  /** Reads the configuration, only once; throws a `ConfigurationError`. From then on its secrets are redacted. */
  configuration(): Promise<Configuration>;
  redact(): Redact;
  /** `fallbackLevel` applies when LOG_LEVEL is not set. */
  logger(configuration: Configuration, fallbackLevel: string): Promise<Logger>;
  /** Sets the command's exit code, which is 0 by default. */
  exitWith(code: number): void;
}

export function callerOf({ output }: CommandContext): Caller {
  return {
    id: terminalCaller,
    name: { en: "the command line", "zh-CN": "命令行" },
    locale: output.locale,
    place: { surface: cliSurfaceId, conversation: "terminal" },
    private: true,
  };
}

/** Whether there is somebody to ask. */
export function isInteractive({ stdin, output }: CommandContext): boolean {
  return stdin.isTTY === true && output.terminal !== null;
}

export function createConfigurationReader(source: ConfigurationSource): {
  configuration(): Promise<Configuration>;
  redact(): Redact;
} {
  let reading: Promise<Configuration> | undefined;
  let redact: Redact = redactNothing;
  /** Every tool, vendor and platform is loaded here, for the commands that need them. */
  const read = async () => {
    const { readConfiguration } = await import("../configuration/configuration.ts");
    const configuration = await readConfiguration(source);
    redact = createRedaction(configuration.secrets);
    return configuration;
  };
  return {
    configuration() {
      reading ??= read();
      return reading;
    },
    redact: () => redact,
  };
}

export function createContextLogger(stderr: Writable, redact: () => Redact): CommandContext["logger"] {
  return async (configuration, fallbackLevel) => {
    const { createLogger } = await import("../logging.ts");
    return createLogger({
      level: configuration.logLevel ?? fallbackLevel,
      // Looked up for each line, because the secrets are known only once the configuration has been read.
      redact: Object.assign((text: string) => redact()(text), { json: (value: unknown) => redact().json(value) }),
      output: stderr,
    });
  };
}
