import { characters, isObject, type JsonObject } from "../json.ts";

/** Collects the faults of a structure, in Slack's words, each with a JSON pointer. */
export interface FieldCheck {
  readonly problems: string[];
  add(at: string, words: string): void;
  object(at: string, value: unknown): JsonObject | null;
  list(at: string, value: unknown, bounds: { min?: number; max: number }): unknown[];
  string(at: string, value: unknown, bounds: { min?: number; max: number; optional?: boolean }): string | null;
  oneOf(at: string, value: unknown, allowed: readonly string[], optional?: boolean): void;
  integer(at: string, value: unknown, bounds: { min: number; max: number }): void;
  /** A text object; `kinds` are its permitted types. */
  text(
    at: string,
    value: unknown,
    bounds: { min?: number; max: number; kinds: "plain" | "mrkdwn" | "any"; optional?: boolean },
  ): void;
}

const kindNames = { plain: ["plain_text"], mrkdwn: ["mrkdwn"], any: ["plain_text", "mrkdwn"] } as const;

export function createFieldCheck(): FieldCheck {
  const problems: string[] = [];
  const add = (at: string, words: string) => {
    problems.push(`[ERROR] ${words} [json-pointer:${at}]`);
  };

  const check: FieldCheck = {
    problems,
    add,
    object(at, value) {
      if (isObject(value)) {
        return value;
      }
      add(at, value === undefined ? "missing required field" : "must provide an object");
      return null;
    },
    list(at, value, { min = 0, max }) {
      if (!Array.isArray(value)) {
        add(at, value === undefined ? "missing required field" : "must provide an array");
        return [];
      }
      if (value.length < min) {
        add(at, `no less than ${min} items allowed`);
      }
      if (value.length > max) {
        add(at, `no more than ${max} items allowed`);
      }
      return value;
    },
    string(at, value, { min = 0, max, optional = false }) {
      if (value === undefined || value === null) {
        if (!optional) {
          add(at, "missing required field");
        }
        return null;
      }
      if (typeof value !== "string") {
        add(at, "must provide a string");
        return null;
      }
      const length = characters(value);
      if (length < min) {
        add(at, `must be more than ${min - 1} characters`);
      }
      if (length > max) {
        add(at, `must be less than ${max + 1} characters`);
      }
      return value;
    },
    oneOf(at, value, allowed, optional = true) {
      if (!(optional && value === undefined) && !allowed.includes(String(value))) {
        add(at, `must be one of: ${allowed.join(", ")}`);
      }
    },
    integer(at, value, { min, max }) {
      if (value !== undefined && !(Number.isInteger(value) && Number(value) >= min && Number(value) <= max)) {
        add(at, `must be an integer from ${min} to ${max}`);
      }
    },
    text(at, value, { min = 1, max, kinds, optional = false }) {
      if (value === undefined && optional) {
        return;
      }
      const object = check.object(at, value);
      if (object === null) {
        return;
      }
      if (!(kindNames[kinds] as readonly string[]).includes(String(object.type))) {
        add(`${at}/type`, `must be one of: ${kindNames[kinds].join(", ")}`);
      }
      check.string(`${at}/text`, object.text, { min, max });
      if (object.emoji !== undefined && (typeof object.emoji !== "boolean" || object.type !== "plain_text")) {
        add(`${at}/emoji`, "additional property");
      }
      if (object.verbatim !== undefined && (typeof object.verbatim !== "boolean" || object.type !== "mrkdwn")) {
        add(`${at}/verbatim`, "additional property");
      }
    },
  };
  return check;
}
