import type { z } from "zod";
import type { Failure } from "../../errors/errors.ts";
import { parseJson } from "../../ground/parse-json.ts";
import { type HttpAnswer, HttpError } from "../../http/http.ts";
import type { ClockSkew } from "../clock-skew.ts";
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

/** Every answer is a small JSON document. */
const maxBytes = 1024 * 1024;

export function createSend(
  baseUrl: string,
  skew: ClockSkew,
  { http, clock }: Pick<ProviderTools, "http" | "clock">,
): Send {
  return async (call, token) => {
    const url = new URL(`${baseUrl}/api/model/v5/${call.path}`);
    for (const [name, value] of Object.entries(call.query ?? {})) {
      url.searchParams.set(name, value);
    }
    const sentAt = clock.monotonic();
    let answer: HttpAnswer;
    try {
      answer = await http.request({
        method: call.method,
        url: url.href,
        headers: {
          accept: "application/json",
          ...(call.body === undefined ? {} : { "content-type": "application/json" }),
          ...(token === undefined ? {} : { "authorization-token": token }),
        },
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
        trust: "configured",
        timeoutMs: call.timeoutMs,
        maxBytes,
        signal: call.signal,
      });
    } catch (error) {
      if (error instanceof HttpError) {
        return { end: "none", reason: error };
      }
      throw error;
    }
    skew.observe(answer.headers.date, sentAt);
    return read(answer, call.data);
  };
}

function read<Data>(answer: HttpAnswer, schema: z.ZodType<Data>): Exchange<Data> {
  const httpStatus = answer.status;
  const parsed = envelope.safeParse(parseJson(answer.text()));
  if (parsed.success && parsed.data.code !== 0) {
    const code = String(parsed.data.code);
    return { end: "refused", code, failure: xjcFailures.refused({ code, message: parsed.data.msg, httpStatus }) };
  }
  if (httpStatus !== 200) {
    return { end: "none", reason: { httpStatus } };
  }
  if (!parsed.success) {
    return { end: "none", reason: "unreadable" };
  }
  const data = schema.safeParse(parsed.data.data);
  return data.success ? { end: "data", data: data.data } : { end: "none", reason: "incomplete" };
}
