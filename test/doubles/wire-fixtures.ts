import { readdirSync, readFileSync } from "node:fs";
import type { Json } from "@toolcast/core";

const root = new URL("../fixtures/wire/", import.meta.url);

/** The source of a recorded fact: one of the four source documents, or a public page or repository. */
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

/** One recorded answer, and how it must be interpreted. */
export interface RecordedAnswer {
  name: string;
  /** HTTP status. Default 200. */
  status?: number;
  /** Absent if the answer is the document's own example. */
  body?: Json;
  printed?: true;
  /** Where this answer was found, if not in the fixture's source. */
  source?: WireSource;
  /** The expected interpretation: part of an end, of a state or of a failure. */
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
    /** Paths of the required fields. */
    required?: string[];
  };
  answerFields?: Record<string, string>;
  /** The document's own example of an answer, if it contains no values. */
  printed?: Json;
  answers: RecordedAnswer[];
  /** The answers to a question about the task. */
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

/** A table of codes with the vendor's messages; DashScope's also give the HTTP status. */
export function recordedCodes(vendor: string, name: string): { status: number; code: string; message: string }[] {
  const { codes } = wireFixture<{ codes: (string | number)[][] }>(vendor, name);
  return codes.map((row) => {
    const [message, code, status] = row.toReversed();
    return { message: String(message), code: String(code), status: Number(status ?? 200) };
  });
}

/** The fields of a JSON value with their types, such as `data.list[].fee: number`; the items of a list count as one. */
export function shapeOf(value: Json | undefined, path = ""): string[] {
  if (value === null || typeof value !== "object") {
    return [`${path}: ${value === null ? "null" : typeof value}`];
  }
  const inner = Array.isArray(value)
    ? value.flatMap((item) => shapeOf(item, `${path}[]`))
    : Object.entries(value).flatMap(([name, field]) => shapeOf(field, path === "" ? name : `${path}.${name}`));
  return inner.length === 0 ? [`${path}: ${Array.isArray(value) ? "[]" : "{}"}`] : [...new Set(inner)].sort();
}
