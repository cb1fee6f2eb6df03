import { isObject, type JsonObject } from "../json.ts";
import { parseMultipart } from "../multipart.ts";
import { refusedFor, SlackError } from "./api-error.ts";

/** The arguments of one call, which arrive as form, JSON or multipart. */
export interface Arguments {
  readonly values: Readonly<JsonObject>;
  has(name: string): boolean;
  /** The empty string if it is missing. */
  string(name: string): string;
  optional(name: string): string | null;
  flag(name: string, otherwise?: boolean): boolean;
  /** A whole number of at least `least`. */
  integer(name: string, otherwise: number, least?: number): number;
  /** A structure, which forms send as JSON text; undefined if it is missing. */
  structure(name: string, malformed?: string): unknown;
  list(name: string): string[];
}

export function readBody(raw: Buffer, contentType: string, query: URLSearchParams): JsonObject {
  const fromQuery: JsonObject = Object.fromEntries(query);
  if (raw.byteLength === 0) {
    return fromQuery;
  }
  if (contentType.startsWith("application/json")) {
    const parsed = parseJson(raw.toString("utf8"));
    if (!isObject(parsed)) {
      throw new SlackError("invalid_json");
    }
    return { ...fromQuery, ...parsed };
  }
  if (contentType.startsWith("multipart/form-data")) {
    const parts = parseMultipart(raw, contentType);
    if (parts === null) {
      throw new SlackError("invalid_form_data");
    }
    return { ...fromQuery, ...Object.fromEntries(parts.map(({ name, bytes }) => [name, bytes.toString("utf8")])) };
  }
  if (contentType.startsWith("application/x-www-form-urlencoded")) {
    return { ...fromQuery, ...Object.fromEntries(new URLSearchParams(raw.toString("utf8"))) };
  }
  throw new SlackError(contentType === "" ? "missing_post_type" : "invalid_post_type");
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export function createArguments(values: JsonObject): Arguments {
  const has = (name: string) => values[name] !== undefined && values[name] !== null && values[name] !== "";
  const string = (name: string) => {
    const value = has(name) ? values[name] : "";
    if (isObject(value) || Array.isArray(value)) {
      throw refusedFor("invalid_arguments", [`[ERROR] must be a string [json-pointer:/${name}]`]);
    }
    return String(value);
  };
  return {
    values,
    has,
    string,
    optional: (name) => (has(name) ? string(name) : null),
    flag: (name, otherwise = false) => (has(name) ? ["true", "1"].includes(string(name)) : otherwise),
    integer(name, otherwise, least = 0) {
      if (!has(name)) {
        return otherwise;
      }
      const value = Number(string(name));
      if (!Number.isInteger(value) || value < least) {
        throw refusedFor("invalid_arguments", [
          `[ERROR] must be an integer of ${least} or more [json-pointer:/${name}]`,
        ]);
      }
      return value;
    },
    structure(name, malformed = "invalid_arguments") {
      const value = values[name];
      if (typeof value !== "string") {
        return value ?? undefined;
      }
      if (value === "") {
        return undefined;
      }
      const parsed = parseJson(value);
      if (parsed === undefined) {
        throw refusedFor(malformed, [`[ERROR] not valid JSON [json-pointer:/${name}]`]);
      }
      return parsed;
    },
    list(name) {
      const value = values[name];
      const parsed = typeof value === "string" && value.startsWith("[") ? parseJson(value) : value;
      return Array.isArray(parsed) ? parsed.map(String) : has(name) ? string(name).split(",") : [];
    },
  };
}
