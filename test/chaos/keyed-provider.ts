import { defineProvider, HttpError } from "@toolcast/core/provider";
import { z } from "zod";

/** The address of the vendor with keys. */
export const keyedVariable = "TOOLCAST_CHAOS_KEYED_URL";
/** What each answer costs. */
export const keyedTokens = 10;

const title = { en: "Keyed", "zh-CN": "键控" };
const answerSchema = z.object({ id: z.string(), text: z.string() });
const timeoutMs = 20_000;
const sameKeyForMs = 24 * 60 * 60_000;

/** Answers questions at a vendor that takes idempotency keys, as none of the built-in providers' vendors does. */
export const keyed = defineProvider<{ url: string }>({
  id: "keyed",
  title,
  settings: [
    { variable: keyedVariable, summary: title, required: true, rule: title, example: "http://127.0.0.1:8080" },
  ],
  schema: z.object({ [keyedVariable]: z.string() }).transform((values) => ({ url: String(values[keyedVariable]) })),
  hosts: ({ url }) => [new URL(url).host],
  onLoopback: () => true,
  limits: () => ({ concurrent: 4, startsPerSecond: 4 }),
  create: ({ url }, { http, failures }) => ({
    operations: {
      text: {
        maxDurationMs: 2 * timeoutMs,
        sameKeyForMs,
        price: () => ({ known: true, amount: keyedTokens, unit: "tokens" }),
        async start({ question }, { startKey = "", signal }) {
          try {
            const answer = await http.request({
              ...{ method: "POST", url: `${url}/keyed/chat`, timeoutMs, maxBytes: 65_536, trust: "configured", signal },
              headers: { "content-type": "application/json", "idempotency-key": startKey },
              body: JSON.stringify({ question }),
            });
            const { id, text } = answerSchema.parse(JSON.parse(Buffer.from(answer.body).toString("utf8")));
            const charge = { amount: keyedTokens, unit: "tokens" };
            return { end: "done", output: { media: [], text, charge, requestId: id } };
          } catch (error) {
            if (!(error instanceof HttpError)) throw error;
            return failures.startEnd(error);
          }
        },
      },
    },
    doctor: async () => [],
  }),
});
