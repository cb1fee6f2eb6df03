import type { z } from "zod";
import { findEntry } from "../../errors/catalog.ts";
import type { Failure } from "../../errors/errors.ts";
import { parseJson } from "../../ground/parse-json.ts";
import { type HttpAnswer, HttpError } from "../../http/http.ts";
import { answerStatus } from "../../http/retry-after.ts";
import { sendJson } from "../json-call.ts";
import type { ProviderTools } from "../provider.ts";
import type { NoAnswer, VendorRefusal } from "../vendor-failures.ts";
import { dashscopeFailures } from "./name.ts";
import type { DashscopeSettings } from "./settings.ts";
import { answerId, readRefusal } from "./wire.ts";

/** One call as the vendor sees it. */
export interface Call<Data> {
  method: "GET" | "POST";
  /** Below `/api/v1/`. */
  path: string;
  /**
   * Asks for a task instead of a result. The vendor refuses this for calls that support only results, and requires it
   * for others.
   */
  asTask?: boolean;
  /** The body has addresses of uploaded files (`oss://`), which the vendor resolves only with a header. */
  hasUploads?: boolean;
  body?: Record<string, unknown>;
  /** What the answer must contain on success. */
  data: z.ZodType<Data>;
  /** The whole exchange, in milliseconds. */
  timeoutMs: number;
  signal?: AbortSignal;
}

/** How a call ended. */
export type Exchange<Data> =
  | { end: "data"; data: Data; requestId?: string }
  | { end: "refused"; failure: Failure }
  | { end: "none"; reason: NoAnswer; requestId?: string };

/** Sends one call; never repeats it. */
export type Send = <Data>(call: Call<Data>) => Promise<Exchange<Data>>;

export function createSend(settings: DashscopeSettings, tools: Pick<ProviderTools, "http">): Send {
  return async ({ method, path, asTask, hasUploads, body, data, timeoutMs, signal }) => {
    const answer = await sendJson(tools, {
      ...{ method, body, timeoutMs, signal },
      url: `${settings.baseUrl}/${path}`,
      headers: {
        authorization: `Bearer ${settings.apiKey}`,
        ...(asTask ? { "x-dashscope-async": "enable" } : {}),
        ...(hasUploads ? { "x-dashscope-ossresourceresolve": "enable" } : {}),
        ...(settings.workspace === undefined ? {} : { "x-dashscope-workspace": settings.workspace }),
      },
    });
    return answer instanceof HttpError ? { end: "none", reason: answer } : read(answer, data);
  };
}

function read<Data>(answer: HttpAnswer, schema: z.ZodType<Data>): Exchange<Data> {
  const status = answerStatus(answer);
  const json = parseJson(answer.text());
  const named = answerId.safeParse(json);
  const requestId = named.success ? named.data : undefined;
  const refused = readRefusal(json);
  if (refused !== undefined) {
    return { end: "refused", failure: vendorRefusal({ ...refused, requestId, ...status }) };
  }
  if (answer.status !== 200) {
    return { end: "none", reason: status, requestId };
  }
  if (json === undefined) {
    return { end: "none", reason: "unreadable" };
  }
  const data = schema.safeParse(json);
  return data.success ? { end: "data", data: data.data, requestId } : { end: "none", reason: "incomplete", requestId };
}

/** A refusal by the vendor, wherever it was: in the answer to a call, in a task, or for one picture of several. */
export function vendorRefusal(facts: VendorRefusal): Failure {
  const code = knownCode(facts.code);
  const failure = dashscopeFailures.refused({ ...facts, code });
  return code === facts.code ? failure : { ...failure, details: { code: facts.code } };
}

/** What the address for programs of another vendor's protocol calls a code of its own. */
const compatibleNames: Readonly<Record<string, string>> = {
  invalid_parameter_error: "InvalidParameter",
  invalid_request_error: "InvalidParameter",
};

/**
 * Some models append a service's code to their own, as in `InternalError.Algo.DataInspectionFailed`; others refine a
 * general code, as in `Throttling.User`.
 */
function knownCode(code: string): string {
  if (Object.hasOwn(compatibleNames, code)) {
    return compatibleNames[code]!;
  }
  const parts = code.split(".");
  const candidates = [
    ...parts.map((_, index) => parts.slice(index).join(".")),
    ...parts.map((_, index) => parts.slice(0, -index - 1).join(".")),
  ];
  return candidates.find((candidate) => findEntry({ provider: "dashscope", code: candidate }) !== undefined) ?? code;
}
