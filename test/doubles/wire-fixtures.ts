import { readdirSync, readFileSync } from "node:fs";
import type { Json } from "../../core/src/ground/json.ts";

const root = new URL("../fixtures/wire/", import.meta.url);

/** Where a recorded fact was found: one of the four source documents, or a public page or repository. */
export interface WireSource {
  /** The document's number. */
  document?: string;
  section?: string;
  /** First and last line. */
  lines?: [number, number];
  page?: string;
  repository?: string;
  path?: string;
  note?: string;
}

/** One recorded answer, and what it must be understood as. */
export interface RecordedAnswer {
  name: string;
  /** HTTP status. Default 200. */
  status?: number;
  /** Absent for the example as the document prints it. */
  body?: Json;
  printed?: true;
  /** Where this one was found, if elsewhere. */
  source?: WireSource;
  /** What it comes to: part of an end, of a state or of a failure. */
  reads?: Json;
}

/** One endpoint as its document shows it. */
export interface WireFixture {
  source: WireSource;
  note?: string;
  call: { method: "GET" | "POST"; path: string };
  request: {
    headers?: Record<string, string>;
    query?: string[] | Record<string, { type: string; required: boolean }>;
    body?: Record<string, { type: string; required: boolean }>;
    /** With every documented field. */
    example?: Json;
    /** Paths of the fields that must be sent. */
    required?: string[];
  };
  answerFields?: Record<string, string>;
  /** The document's own example of an answer, where it holds no values. */
  printed?: Json;
  answers: RecordedAnswer[];
  /** What a question about the task is answered. */
  tasks?: RecordedAnswer[];
  /** Why none of our requests goes there. */
  unused?: string;
}

/** A fixture by vendor and name. */
export function wireFixture<Fixture = WireFixture>(vendor: string, name: string): Fixture {
  return JSON.parse(readFileSync(new URL(`${vendor}/${name}.json`, root), "utf8"));
}

/** The names of a vendor's fixtures. */
export function wireFixtureNames(vendor: string): string[] {
  return readdirSync(new URL(`${vendor}/`, root)).map((file) => file.replace(/\.json$/, ""));
}

/** A table of codes with the vendor's words; DashScope's also name the HTTP status. */
export function recordedCodes(vendor: string, name: string): { status: number; code: string; message: string }[] {
  const { codes } = wireFixture<{ codes: (string | number)[][] }>(vendor, name);
  return codes.map((row) => {
    const [message, code, status] = row.toReversed();
    return { message: String(message), code: String(code), status: Number(status ?? 200) };
  });
}

/** The fields of a JSON value with their types, as `data.list[].fee: number`; items of a list count as one. */
export function shapeOf(value: Json | undefined, path = ""): string[] {
  if (value === null || typeof value !== "object") {
    return [`${path}: ${value === null ? "null" : typeof value}`];
  }
  const inner = Array.isArray(value)
    ? value.flatMap((item) => shapeOf(item, `${path}[]`))
    : Object.entries(value).flatMap(([name, field]) => shapeOf(field, path === "" ? name : `${path}.${name}`));
  return inner.length === 0 ? [`${path}: ${Array.isArray(value) ? "[]" : "{}"}`] : [...new Set(inner)].sort();
}
