import { z } from "zod";
import { internalFailure } from "../errors/errors.ts";
import type { CheckEnd, Price, StartEnd } from "./operation.ts";

/** Checks what a provider's function returned, because plugins ship JavaScript, where no compiler checks the types. */
type Reader<Result> = (answer: unknown, provider: string) => Result;

/** Reads how a start ended. Throws an error that names the provider and the wrong part. */
export const readStartEnd: Reader<StartEnd> = (answer, provider) => read(startEnd, answer, { provider, from: "start" });
/** Reads the state of an operation in the same way. */
export const readCheckEnd: Reader<CheckEnd> = (answer, provider) => read(checkEnd, answer, { provider, from: "check" });
/** Reads a price in the same way. */
export const readPrice: Reader<Price> = (answer, provider) => read(price, answer, { provider, from: "price" });

function read<Result>(
  schema: z.ZodType<unknown>,
  answer: unknown,
  { provider, from }: { provider: string; from: string },
) {
  const parsed = schema.safeParse(answer);
  if (parsed.success) {
    return parsed.data as Result;
  }
  const wrong = parsed.error.issues.map(({ path, message }) => `at ${[from, ...path].join(".")}: ${message}`);
  throw new Error(`What ${from} of the provider ${provider} returned is wrong ${wrong.join("; ")}`);
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** A text in both languages, or the key of a sentence. */
const sentence = z.custom(
  (value) => isObject(value) && (typeof value.key === "string" || (isText(value.en) && isText(value["zh-CN"]))),
  'must hold texts for "en" and "zh-CN"',
);

function isText(value: unknown): boolean {
  return typeof value === "string";
}

const failure = z.looseObject({
  kind: z.enum(["usage", "policy", "refused", "unreachable", "unknown", "internal"]),
  sentence,
  charged: z.enum(["yes", "no", "unknown"]),
  retry: z.looseObject({ kind: z.enum(["never", "later", "after-change"]) }),
});

function isMedium(value: unknown): boolean {
  return isObject(value) && (value.bytes instanceof Uint8Array || isText(value.url));
}

/** Accepts the valid media even if others are invalid: what was made must reach its person. */
const mediaSchema = z.array(z.unknown()).check(({ value, issues }) => {
  if (value.length > 0 && !value.some(isMedium)) {
    issues.push({ code: "custom", path: [0], message: "must hold bytes (a Uint8Array) or a url", input: value });
  }
});

/** JavaScript code may return null where the type expects undefined. */
function optional<Value>(schema: z.ZodType<Value>) {
  return schema.nullish().transform((value) => value ?? undefined);
}

const output = z
  .looseObject({
    media: mediaSchema,
    text: optional(z.string()),
    missing: optional(z.array(z.union([failure, z.unknown().transform(() => internalFailure("unknown"))]))),
    // A result must not be lost because its charge or request id cannot be read.
    charge: optional(z.looseObject({ unit: z.string(), amount: optional(z.number()).catch(undefined) })).catch(
      undefined,
    ),
    requestId: optional(z.string()).catch(undefined),
  })
  .transform((made) => {
    const media = made.media.filter(isMedium);
    const wrong = made.media.slice(media.length).map(() => internalFailure("unknown"));
    return wrong.length === 0 ? made : { ...made, media, missing: [...(made.missing ?? []), ...wrong] };
  });

const reference = z.custom((value) => value !== undefined, "must be what is needed to ask about it");

const startEnd = z.discriminatedUnion("end", [
  z.looseObject({ end: z.literal("done"), output }),
  z.looseObject({ end: z.literal("operation"), reference, checkAfterMs: z.number().optional() }),
  ...(["not-sent", "refused", "unknown"] as const).map((end) => z.looseObject({ end: z.literal(end), failure })),
]);

const checkEnd = z.discriminatedUnion("state", [
  z.looseObject({
    state: z.literal("pending"),
    fraction: z.number().optional(),
    checkAfterMs: z.number().optional(),
  }),
  z.looseObject({ state: z.literal("done"), output }),
  ...(["failed", "lost"] as const).map((state) => z.looseObject({ state: z.literal(state), failure })),
]);

const price = z.discriminatedUnion("known", [
  z.looseObject({ known: z.literal(true), amount: z.number().nonnegative(), unit: z.string() }),
  z.looseObject({ known: z.literal(false), dependsOn: sentence }),
]);
