import { z } from "zod";
import { parseJson } from "../../ground/parse-json.ts";

const text = z
  .union([z.string(), z.number().transform(String)])
  .nullish()
  .catch(undefined)
  .transform((value) => value || undefined);
const saying = z.looseObject({ code: text, type: text, message: text });
const named = z.looseObject({ id: text, request_id: text });

/** A refusal in the forms of this protocol's many servers: an `error`, or its fields themselves. */
const envelope = z.union([
  z.looseObject({ error: saying }).transform(({ error }) => error),
  z
    .looseObject({ error: z.string().min(1) })
    .transform(({ error }) => ({ code: "error", type: undefined, message: error })),
  saying.refine(({ message }) => message !== undefined),
]);

/** The documents in a body: itself, or the data of its events. */
function documentsIn(body: string): unknown[] {
  const whole = parseJson(body);
  return whole === undefined
    ? [...body.matchAll(/^data: ?(\{.*\})\r?$/gm)].map(([, json]) => parseJson(json ?? ""))
    : [whole];
}

/** The refusal in an answer's body, or in an event of it; undefined if there is none. */
export function refusalIn(body: string): { code: string; message?: string } | undefined {
  for (const document of documentsIn(body)) {
    const parsed = envelope.safeParse(document);
    const code = parsed.success ? (parsed.data.code ?? parsed.data.type) : undefined;
    if (parsed.success && code !== undefined && code !== "0") {
      return { code, message: parsed.data.message };
    }
  }
  return undefined;
}

/** The id that the vendor's support asks for; undefined if an answer's body has none. */
export function answerIdIn(body: string): string | undefined {
  for (const document of documentsIn(body)) {
    const { data } = named.safeParse(document);
    if (data?.request_id !== undefined || data?.id !== undefined) {
      return data.request_id ?? data.id;
    }
  }
  return undefined;
}
