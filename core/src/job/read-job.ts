import { z } from "zod";
import type { Json } from "../ground/json.ts";
import { locales } from "../ground/locale.ts";
import type { Caller } from "../people/caller.ts";
import { type Job, jobFormat } from "./job.ts";

type StoredRecord = Record<string, unknown>;

/** Turns a record of one format into one of the next. */
type Converter = (record: StoredRecord) => StoredRecord;

/**
 * Converters by the format they read, each to the next one. Never removed, because old stores must open. Format 1
 * stored the number of results per start for pictures only; format 2 stores it for every capability.
 */
const converters: Readonly<Record<number, Converter>> = {
  1: ({ plan, ...record }) => ({
    ...record,
    plan: { perCall: { image: (plan as { imagesPerCall?: number } | undefined)?.imagesPerCall ?? 1 } },
  }),
};

/**
 * Reads a job from its stored record, whichever version of Toolcast wrote it. A record in an earlier format is
 * converted, and stored in the new one when the job is next written. From a format that this version does not know, it
 * makes a parked job that must not be written (see {@link isOfUnknownFormat}).
 * @throws SyntaxError if the text is not JSON.
 */
export function readJob(text: string): Job {
  const record = JSON.parse(text) as StoredRecord;
  return (convertRecord(record, converters, jobFormat) as unknown as Job | null) ?? parked(record);
}

/** The end of a creation. Its job is only read from the record when somebody asks for it: whoever made it has it. */
export function createdJob(record: string): { created: true; readonly job: Job } {
  return {
    created: true,
    get job() {
      return readJob(record);
    },
  };
}

/** The record in format `to`; null if its own format is not known. */
export function convertRecord(
  record: StoredRecord,
  steps: Readonly<Record<number, Converter>>,
  to: number,
): StoredRecord | null {
  const { format } = record;
  let converted = record;
  for (let at = typeof format === "number" ? format : Number.NaN; at !== to; at += 1) {
    const convert = steps[at];
    if (convert === undefined) {
      return null;
    }
    converted = { ...convert(converted), format: at + 1 };
  }
  return converted;
}

/** Whether its record comes from a newer Toolcast: we can show it, but only that version may write it. */
export function isOfUnknownFormat({ format }: Pick<Job, "format">): boolean {
  return format !== jobFormat;
}

const text = z.string().catch("");
const instant = z.number().catch(0);
const json = z.record(z.string(), z.unknown()).catch({});

/**
 * What people are shown of a job and what keeps its media, as far as a newer format still stores it in the same place.
 */
const outlineSchema = z.object({
  format: z.number().catch(Number.NaN),
  id: text,
  version: instant,
  key: z.string().optional().catch(undefined),
  tool: text,
  provider: text,
  input: json,
  caller: z
    .object({
      id: text,
      name: z.union([z.string(), z.object({ en: z.string(), "zh-CN": z.string() })]).catch(""),
      locale: z.enum(locales).catch("en"),
      place: z.looseObject({ surface: text, conversation: text }).catch({ surface: "", conversation: "" }),
      private: z.boolean().optional().catch(undefined),
    })
    .catch({ id: "", name: "", locale: "en", place: { surface: "", conversation: "" } }),
  createdAt: instant,
  updatedAt: instant,
  steps: z
    .array(z.object({ name: text, assets: z.array(z.string()).catch([]) }).catch({ name: "", assets: [] }))
    .catch([]),
});

function parked(record: StoredRecord): Job {
  const { input, steps, key, caller, ...outline } = outlineSchema.parse(record);
  const { private: isPrivate, ...asker } = caller;
  return {
    ...outline,
    key,
    caller: { ...asker, private: isPrivate } as Caller,
    input: input as Record<string, Json>,
    prepared: true,
    state: {
      phase: "held",
      hold: {
        reason: "parked",
        sentence: { key: "job.hold.newer-format", values: { format: String(record.format), known: String(jobFormat) } },
      },
    },
    plan: { perCall: {} },
    steps: steps.map((step) => ({ ...step, state: "waiting" })),
    confirmations: [],
    notices: [],
    timeline: [],
  };
}
