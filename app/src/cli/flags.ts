import type { Locale, Tool } from "@toolcast/core";
import { describeTool, type FieldDescription, isLeftOut } from "@toolcast/core/surface";
import { Option } from "commander";

/** Flags of `run` itself; an input with the same name is given with the prefix `--input-`. */
const reserved = new Set(["out", "wait", "json", "locale", "key", "help", "version"]);

/** One input of a tool as a flag. */
export interface Flag {
  /** The input's name. */
  field: string;
  kind: FieldDescription["kind"];
  /** With dashes, as a person types it. */
  name: string;
  /** For the parser: one option, or two for a yes-or-no input. */
  options: Option[];
  /** The largest file a media input accepts, in bytes, if there is a limit. */
  maxBytes?: number;
}

/** A tool's inputs as flags: their names with dashes. */
export function flagsOf(tool: Tool, locale: Locale): Flag[] {
  return describeTool(tool, locale).fields.map((field) => {
    const dashed = field.name.replaceAll("_", "-");
    const long = reserved.has(dashed) ? `input-${dashed}` : dashed;
    const summary = `${field.summary}${field.required ? (locale === "en" ? " Required." : "必填。") : ""}`;
    const options =
      field.kind === "flag"
        ? [new Option(`--${long}`, summary), new Option(`--no-${long}`).default(undefined).hideHelp()]
        : [new Option(`--${long} <${placeholderOf(field, locale)}>`, summary)];
    return {
      field: field.name,
      kind: field.kind,
      name: `--${long}`,
      options,
      maxBytes: field.limits?.maxBytes,
    };
  });
}

/**
 * The values given for inputs, by name; inputs without a value are absent. Text without a flag goes to the primary
 * input.
 */
export function inputOf(
  tool: Tool,
  flags: readonly Flag[],
  options: Readonly<Record<string, unknown>>,
  words: readonly string[],
): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const { field, options: declared } of flags) {
    const value = options[declared[0]!.attributeName()];
    if (value !== undefined) {
      input[field] = value;
    }
  }
  if (words.length > 0 && tool.primary !== undefined && isLeftOut(input[tool.primary])) {
    input[tool.primary] = words.join(" ");
  }
  return input;
}

function placeholderOf(field: FieldDescription, locale: Locale): string {
  const english = locale === "en";
  switch (field.kind) {
    case "choice":
      return (field.choices ?? []).map(({ value }) => value).join("|");
    case "integer":
    case "decimal":
      return field.minimum === undefined || field.maximum === undefined
        ? english
          ? "number"
          : "数值"
        : `${field.minimum}-${field.maximum}`;
    case "media":
      return english ? "file|link|id" : "文件|链接|编号";
    default:
      return english ? "text" : "文本";
  }
}
