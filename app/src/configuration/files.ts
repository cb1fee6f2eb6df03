import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { ConfigurationError } from "./configuration-error.ts";

const configurationNames = ["toolcast.config.ts", "toolcast.config.mjs", "toolcast.config.js"] as const;

/** Our files in the working directory. */
export interface ConfigurationFiles {
  /** The variables in `.env`; empty without one. */
  dotEnv: Record<string, string | undefined>;
  /** The configuration file's path; null without one. */
  configurationFile: string | null;
  /** The working directory if either file is there, otherwise null. */
  directory: string | null;
}

export function findConfigurationFiles(workingDirectory: string): ConfigurationFiles {
  const envFile = join(workingDirectory, ".env");
  const configurationFile =
    configurationNames.map((name) => join(workingDirectory, name)).find((path) => existsSync(path)) ?? null;
  const hasEnv = existsSync(envFile);
  return {
    dotEnv: hasEnv ? readEnv(envFile) : {},
    configurationFile,
    directory: hasEnv || configurationFile !== null ? workingDirectory : null,
  };
}

function readEnv(path: string): Record<string, string | undefined> {
  try {
    return parseEnv(readFileSync(path, "utf8"));
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? "?";
    throw new ConfigurationError([
      {
        variable: ".env",
        sentence: {
          en: `.env cannot be read (${reason}). Make ${path} a readable text file, or remove it.`,
          "zh-CN": `无法读取 .env（${reason}）。请确保 ${path} 是可读的文本文件，或将其删除。`,
        },
      },
    ]);
  }
}
