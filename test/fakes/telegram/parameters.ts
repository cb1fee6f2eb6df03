import { isObject, type JsonObject } from "../json.ts";
import { type Part, parseMultipart } from "../multipart.ts";
import { badRequest, TelegramError } from "./api-error.ts";

/** A file in one part of the request. */
export class Upload {
  readonly bytes: Buffer;
  readonly filename: string | null;
  readonly contentType: string | null;

  constructor(part: Part) {
    this.bytes = part.bytes;
    this.filename = part.filename;
    this.contentType = part.contentType;
  }

  /** A short form for wherever a request's values are printed. */
  toJSON(): { readonly upload: string | null; readonly bytes: number } {
    return { upload: this.filename, bytes: this.bytes.byteLength };
  }
}

/** A method's parameters as received: JSON values, form strings, uploads. */
export interface Parameters {
  readonly values: JsonObject;
  readonly uploads: ReadonlyMap<string, Upload>;
  /** The text of a parameter; null if it is left out or empty. */
  text(name: string): string | null;
  integer(name: string): number | null;
  flag(name: string): boolean;
  object(name: string): JsonObject | null;
  list(name: string): readonly unknown[] | null;
}

/** `known` removes the fields of a value that the server does not know. */
export function parametersOf(
  given: JsonObject,
  uploads: ReadonlyMap<string, Upload> = new Map(),
  known: (value: unknown) => unknown = (value) => value,
): Parameters {
  const values = known(given) as JsonObject;
  const decoded = (name: string): unknown => {
    const value = values[name];
    if (typeof value !== "string" || value === "") {
      return value === "" ? undefined : value;
    }
    try {
      return known(JSON.parse(value));
    } catch {
      throw badRequest(`can't parse ${name.replaceAll("_", " ")} JSON object`);
    }
  };
  const text = (name: string): string | null => {
    const value = values[name];
    if (value === undefined || value === null || value === "" || value instanceof Upload) {
      return null;
    }
    return typeof value === "object" ? JSON.stringify(value) : String(value);
  };
  return {
    values,
    uploads,
    text,
    integer(name) {
      const given = text(name);
      if (given === null) {
        return null;
      }
      return /^-?\d+$/.test(given) ? Number(given) : 0;
    },
    flag: (name) => ["true", "True", "1", "yes"].includes(text(name) ?? ""),
    object(name) {
      const value = decoded(name);
      if (value === undefined || value === null) {
        return null;
      }
      if (!isObject(value)) {
        throw badRequest(`object expected as ${name.replaceAll("_", " ")}`);
      }
      return value;
    },
    list(name) {
      const value = decoded(name);
      if (value === undefined || value === null) {
        return null;
      }
      if (!Array.isArray(value)) {
        throw badRequest(`expected an Array as ${name.replaceAll("_", " ")}`);
      }
      return value;
    },
  };
}

/** A request's parameters: from its address, a form, JSON or parts. */
export function readParameters(
  query: URLSearchParams,
  body: Buffer,
  contentType: string,
): { values: JsonObject; uploads: ReadonlyMap<string, Upload> } {
  const values: JsonObject = Object.fromEntries(query);
  const uploads = new Map<string, Upload>();
  if (body.byteLength > 0 && contentType.startsWith("multipart/form-data")) {
    const parts = parseMultipart(body, contentType);
    if (parts === null) {
      throw new TelegramError(400, "Bad Request: Wrong boundary in the multipart/form-data");
    }
    for (const part of parts) {
      if (part.filename === null) {
        values[part.name] = part.bytes.toString("utf8");
      } else {
        const upload = new Upload(part);
        uploads.set(part.name, upload);
        values[part.name] ??= upload;
      }
    }
  } else if (body.byteLength > 0 && contentType.startsWith("application/json")) {
    let parsed: unknown;
    try {
      parsed = JSON.parse(body.toString("utf8"));
    } catch {
      throw badRequest("can't parse JSON object");
    }
    if (!isObject(parsed)) {
      throw badRequest("object expected as the request body");
    }
    Object.assign(values, parsed);
  } else if (body.byteLength > 0 && contentType.startsWith("application/x-www-form-urlencoded")) {
    Object.assign(values, Object.fromEntries(new URLSearchParams(body.toString("utf8"))));
  }
  return { values, uploads };
}
