import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseEnv } from "node:util";
import type { LocalizedText } from "@toolcast/core";
import { z } from "zod";
import { ConfigurationError } from "./configuration-error.ts";
import type { Plugins } from "./define-configuration.ts";

const configurationNames = ["toolcast.config.ts", "toolcast.config.mjs", "toolcast.config.js"] as const;

/** What the working directory holds for us. */
export interface ConfigurationFiles {
  /** Variables of `.env`; empty without one. */
  dotEnv: Record<string, string | undefined>;
  /** The configuration file's path; null without one. */
  configurationFile: string | null;
  /** The working directory when either file is there, else null. */
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

const namePattern = /^[a-z][a-z0-9_-]*$/;
const isFunction = z.custom((value) => typeof value === "function");
const text = z.looseObject({ en: z.string(), "zh-CN": z.string() });

/** What every plugin must have for the rest of the program to rely on it; the types say the rest. */
const pluginsSchema = z.strictObject({
  tools: z
    .array(
      z.looseObject({
        name: z.string().regex(namePattern),
        command: z.string().regex(namePattern),
        title: text,
        summary: text,
        input: z.record(z.string(), z.unknown()),
        effect: z.enum(["reads", "changes", "spends"]),
      }),
    )
    .optional(),
  providers: z
    .array(
      z.looseObject({
        id: z.string().regex(namePattern),
        title: text,
        settings: z.array(z.looseObject({ variable: z.string().regex(/^[A-Z][A-Z0-9_]*$/), summary: text })),
        schema: z.custom((value) => typeof (value as { safeParse?: unknown } | null)?.safeParse === "function"),
        hosts: isFunction,
        onLoopback: isFunction,
        limits: isFunction,
        create: isFunction,
      }),
    )
    .optional(),
});

/** Runs the configuration file and returns what it adds. */
export async function loadPlugins(path: string): Promise<Plugins> {
  let loaded: { default?: unknown };
  try {
    loaded = await import(pathToFileURL(path).href);
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message.split("\n")[0]}` : String(error);
    throw fileProblem(path, { en: `does not load: ${reason}`, "zh-CN": `无法加载：${reason}` });
  }
  const parsed = pluginsSchema.safeParse(loaded.default ?? null);
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.map(String).join(".") || "export default";
    const what = parsed.error.issues[0]?.message ?? "";
    throw fileProblem(path, {
      en: `must export default defineConfiguration({ tools, providers }); ${where} is wrong: ${what}`,
      "zh-CN": `须使用 export default defineConfiguration({ tools, providers })；${where} 有误：${what}`,
    });
  }
  return loaded.default as Plugins;
}

function fileProblem(path: string, what: LocalizedText): ConfigurationError {
  return new ConfigurationError([
    {
      variable: "toolcast.config",
      sentence: {
        en: `${path} ${what.en}. Correct the file or remove it.`,
        "zh-CN": `${path} ${what["zh-CN"]}。请改正或删除该文件。`,
      },
    },
  ]);
}
