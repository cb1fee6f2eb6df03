import { type HttpAnswer, HttpError } from "../http/http.ts";
import type { ProviderTools } from "./provider.ts";

/** Every answer of a vendor that gives results as addresses is a small JSON document. */
const maxBytes = 1024 * 1024;

/** A call to a vendor's configured address whose body and answer are JSON. */
export interface JsonCall {
  method: "GET" | "POST";
  url: string;
  /** Beside those for JSON. */
  headers: Record<string, string>;
  body: Record<string, unknown> | undefined;
  /** The whole exchange, in milliseconds. */
  timeoutMs: number;
  signal: AbortSignal | undefined;
}

/** Sends one call, once. Returns the answer, whatever its status, or the reason why there is none. */
export async function sendJson(
  { http }: Pick<ProviderTools, "http">,
  { method, url, headers, body, timeoutMs, signal }: JsonCall,
): Promise<HttpAnswer | HttpError> {
  try {
    return await http.request({
      ...{ method, url, timeoutMs, maxBytes, signal },
      headers: {
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      trust: "configured",
    });
  } catch (error) {
    if (error instanceof HttpError) {
      return error;
    }
    throw error;
  }
}
