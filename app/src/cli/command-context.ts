import type { Caller, Logger } from "@toolcast/core";
import { cliSurfaceId } from "../cli-surface.ts";
import { type Configuration, type ConfigurationSource, readConfiguration } from "../configuration/configuration.ts";
import { createLogger } from "../logging.ts";
import { createRedaction, type Redact, redactNothing } from "../redaction.ts";
import type { Output, Writable } from "./output.ts";

/** The person at this terminal; their jobs belong to them whichever directory they stand in. */
export const terminalCaller = "cli:local";

/** What every command has at hand. */
export interface CommandContext {
  output: Output;
  source: ConfigurationSource;
  stderr: Writable;
  /** Where answers are read; no terminal means that nobody is asked. */
  stdin: NodeJS.ReadStream;
  /** Reads the configuration, once; throws a `ConfigurationError`. From then on its secrets are redacted. */
  configuration(): Promise<Configuration>;
  redact(): Redact;
  /** `fallbackLevel` holds where LOG_LEVEL is not set. */
  logger(configuration: Configuration, fallbackLevel: string): Logger;
  /** The command's exit code; 0 until it says otherwise. */
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

/** True when there is somebody to ask. */
export function isInteractive({ stdin, output }: CommandContext): boolean {
  return stdin.isTTY === true && output.terminal !== null;
}

export function createConfigurationReader(source: ConfigurationSource): {
  configuration(): Promise<Configuration>;
  redact(): Redact;
} {
  let reading: Promise<Configuration> | undefined;
  let redact: Redact = redactNothing;
  return {
    configuration() {
      reading ??= readConfiguration(source).then((configuration) => {
        redact = createRedaction(configuration.secrets);
        return configuration;
      });
      return reading;
    },
    redact: () => redact,
  };
}

export function createContextLogger(
  stderr: Writable,
  redact: () => Redact,
): (configuration: Configuration, fallbackLevel: string) => Logger {
  return (configuration, fallbackLevel) =>
    createLogger({
      level: configuration.logLevel ?? fallbackLevel,
      // Asked for each line: there may be secrets only once the configuration has been read.
      redact: Object.assign((text: string) => redact()(text), { json: (value: unknown) => redact().json(value) }),
      output: stderr,
    });
}
