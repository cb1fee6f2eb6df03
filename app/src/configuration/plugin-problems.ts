import type { LocalizedText } from "@toolcast/core";
import { z } from "zod";

/** The message of anything thrown, in one line. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message.split("\n")[0]}` : String(error);
}

/** The first error in a value: where it is, and what is expected there. */
export interface WrongPart {
  path: readonly PropertyKey[];
  expected: LocalizedText;
}

/** Null when the value matches the schema. Our own expectations are in both languages, and so are the library's. */
export function wrongPartOf(schema: z.ZodType, value: unknown): WrongPart | null {
  const issue = schema.safeParse(value, { error: z.locales.en().localeError }).error?.issues[0];
  if (issue === undefined) {
    return null;
  }
  const { params, options } = issue as { params?: { sentence?: LocalizedText }; options?: readonly unknown[] };
  const own = params?.sentence ?? (issue.code === "invalid_union" && options ? oneOf(options) : undefined);
  const chinese = schema.safeParse(value, { error: z.locales.zhCN().localeError }).error?.issues[0]?.message;
  return { path: issue.path, expected: own ?? { en: issue.message, "zh-CN": chinese ?? issue.message } };
}

function oneOf(options: readonly unknown[]): LocalizedText {
  const listed = options.map((option) => `"${String(option)}"`);
  return { en: `must be one of ${listed.join(", ")}`, "zh-CN": `须为 ${listed.join("、")} 之一` };
}
