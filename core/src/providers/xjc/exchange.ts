import type { z } from "zod";
import type { Failure } from "../../errors/errors.ts";
import { parseJson } from "../../ground/parse-json.ts";
import { type HttpAnswer, HttpError } from "../../http/http.ts";
import { answerStatus } from "../../http/retry-after.ts";
import type { ClockSkew } from "../clock-skew.ts";
import { sendJson } from "../json-call.ts";
import type { ProviderTools } from "../provider.ts";
import type { NoAnswer } from "../vendor-failures.ts";
import { xjcFailures } from "./name.ts";
import { envelope } from "./wire.ts";

/** One call as the vendor sees it. */
export interface Call<Data> {
  method: "GET" | "POST";
  /** Below `/api/model/v5/`. */
  path: string;
  query?: Record<string, string>;
  body?: Record<string, unknown>;
  /** What `data` must contain on success. */
  data: z.ZodType<Data>;
  /** The whole exchange, in milliseconds. */
  timeoutMs: number;
  signal?: AbortSignal;
}

/** How a call ended. */
export type Exchange<Data> =
  | { end: "data"; data: Data }
  /** The vendor answered with a code other than 0. */
  | { end: "refused"; code: string; failure: Failure }
  | { end: "none"; reason: NoAnswer };

/** Sends one call; never repeats it. */
export type Send = <Data>(call: Call<Data>, token?: string) => Promise<Exchange<Data>>;

export function createSend(
  baseUrl: string,
  skew: ClockSkew,
  { http, clock }: Pick<ProviderTools, "http" | "clock">,
): Send {
  return async ({ method, path, query, body, data, timeoutMs, signal }, token) => {
    const url = new URL(`${baseUrl}/api/model/v5/${path}`);
    for (const [name, value] of Object.entries(query ?? {})) {
      url.searchParams.set(name, value);
    }
    const sentAt = clock.monotonic();
    const headers: Record<string, string> = token === undefined ? {} : { "authorization-token": token };
    const answer = await sendJson({ http }, { method, url: url.href, headers, body, timeoutMs, signal });
    if (answer instanceof HttpError) {
      return { end: "none", reason: answer };
    }
    skew.observe(answer.headers.date, sentAt);
    return read(answer, data);
  };
}

function read<Data>(answer: HttpAnswer, schema: z.ZodType<Data>): Exchange<Data> {
  const status = answerStatus(answer);
  const parsed = envelope.safeParse(parseJson(answer.text()));
  if (parsed.success && parsed.data.code !== 0) {
    const code = String(parsed.data.code);
    return { end: "refused", code, failure: xjcFailures.refused({ code, message: parsed.data.msg, ...status }) };
  }
  if (answer.status !== 200) {
    return { end: "none", reason: status };
  }
  if (!parsed.success) {
    return { end: "none", reason: "unreadable" };
  }
  const data = schema.safeParse(parsed.data.data);
  return data.success ? { end: "data", data: data.data } : { end: "none", reason: "incomplete" };
}
