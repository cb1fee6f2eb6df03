import { z } from "zod";
import { internalFailure } from "../errors/errors.ts";
import type { CheckEnd, Price, StartEnd } from "./operation.ts";

/** Looks at what a provider's function returned: plugins ship JavaScript, where no type keeps what is promised here. */
type Reader<Result> = (answer: unknown, provider: string) => Result;

/** How a start ended. Throws an error that names the provider and the part that is wrong. */
export const readStartEnd: Reader<StartEnd> = (answer, provider) => read(startEnd, answer, { provider, from: "start" });
/** How things stand, likewise. */
export const readCheckEnd: Reader<CheckEnd> = (answer, provider) => read(checkEnd, answer, { provider, from: "check" });
/** What something will cost, likewise. */
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

/** A text in both languages, or the key of one. */
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

/** What was made must reach its person also where another part of it is not what it must be. */
const mediaSchema = z.array(z.unknown()).check(({ value, issues }) => {
  if (value.length > 0 && !value.some(isMedium)) {
    issues.push({ code: "custom", path: [0], message: "must hold bytes (a Uint8Array) or a url", input: value });
  }
});

/** JavaScript says null where a type would say nothing. */
function optional<Value>(schema: z.ZodType<Value>) {
  return schema.nullish().transform((value) => value ?? undefined);
}

const output = z
  .looseObject({
    media: mediaSchema,
    text: optional(z.string()),
    missing: optional(z.array(z.union([failure, z.unknown().transform(() => internalFailure("unknown"))]))),
    // What was made must not be lost because what it cost, or what it is called there, cannot be read.
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
