import { UsageError } from "../errors/errors.ts";
import { isBlank } from "../ground/blank-text.ts";
import type { Json } from "../ground/json.ts";
import { listed } from "../messages/listed.ts";
import { fieldsOf } from "./describe.ts";
import type { Field } from "./field.ts";
import type { Tool } from "./tool.ts";

/**
 * Parses raw input for a tool: strings become numbers and flags where the field needs them; nulls and invisible texts
 * count as left out. Throws a `UsageError` that names the field at fault, in words people understand. Whether a voice
 * that defaults to a preset one may be left out shows only once the voices are looked up.
 */
export function parseInput(tool: Tool, raw: Record<string, unknown>): Record<string, Json> {
  const fields = fieldsOf(tool);
  const names = fields.map(([name]) => name);
  const unknown = Object.keys(raw).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(
      { key: "input.unknown", values: { name: unknown.toWellFormed(), names: listed(names) } },
      unknown.toWellFormed(),
    );
  }
  const input: Record<string, Json> = {};
  for (const [name, field] of fields) {
    const value = raw[name];
    if (!isLeftOut(value)) {
      input[name] = parseValue(name, field, value);
    } else if (!field.optional && !field.presetByDefault) {
      throw missing(name, field);
    }
  }
  return input;
}

/** The same for a single input that was asked for and is therefore required. */
export function parseField(tool: Tool, name: string, value: unknown): Json {
  const field = fieldsOf(tool).find(([one]) => one === name)?.[1];
  if (field === undefined) {
    throw new RangeError(`${tool.name} has no input ${name}`);
  }
  if (isLeftOut(value)) {
    throw missing(name, field);
  }
  return parseValue(name, field, value);
}

/** Whether a value counts as left out: absent, null, or an invisible text. Forms and agents send all of these. */
export function isLeftOut(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === "string" && isBlank(value));
}

/** The refusal of a request without a required input. */
export function missing(name: string, field: Field): UsageError {
  return new UsageError({ key: "input.missing", values: { name: field.title, summary: field.summary } }, name);
}

function parseValue(name: string, field: Field, value: unknown): Json {
  const result = field.schema.safeParse(coerce(field, value));
  if (result.success) {
    return result.data as Json;
  }
  throw wrongValue(name, field, value);
}

/** Surfaces that only have text send numbers and flags as text. */
function coerce(field: Field, value: unknown): unknown {
  if (typeof value !== "string") {
    return value;
  }
  switch (field.shape.kind) {
    case "integer":
    case "decimal":
      return /^\s*[-+]?(\d+\.?\d*|\.\d+)\s*$/.test(value) ? Number(value) : value;
    case "flag": {
      const word = value.trim().toLowerCase();
      if (["true", "yes", "y", "on", "1", "是", "好"].includes(word)) return true;
      if (["false", "no", "n", "off", "0", "否"].includes(word)) return false;
      return value;
    }
    default:
      return value.toWellFormed().trim();
  }
}

function wrongValue(name: string, field: Field, value: unknown): UsageError {
  const { shape } = field;
  switch (shape.kind) {
    case "text": {
      const length = typeof value === "string" ? [...value.trim()].length : 0;
      return new UsageError(
        {
          key: length > shape.maxLength ? "input.too-long" : "input.too-short",
          values: { name: field.title, minimum: shape.minLength, maximum: shape.maxLength, actual: length },
        },
        name,
      );
    }
    case "integer":
    case "decimal":
      return new UsageError(
        {
          key: shape.kind === "integer" ? "input.not-integer" : "input.not-number",
          values: { name: field.title, minimum: shape.minimum, maximum: shape.maximum },
        },
        name,
      );
    case "flag":
      return new UsageError({ key: "input.not-flag", values: { name: field.title } }, name);
    case "choice":
      return new UsageError(
        {
          key: "input.not-choice",
          values: { name: field.title, choices: listed(shape.choices.map((choice) => choice.value)) },
        },
        name,
      );
    case "media":
      return new UsageError({ key: "input.not-media", values: { name: field.title } }, name);
    default:
      return shape satisfies never;
  }
}
