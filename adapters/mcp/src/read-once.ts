import { readRequestBody } from "@modelcontextprotocol/server";

/** A request whose body may have been read already. */
export interface ReadRequest {
  request: Request;
  /** Its JSON; left out if `request` still has to be read. */
  parsedBody?: unknown;
}

/**
 * Reads a body of JSON before anybody needs it: to tell the protocol versions apart and to answer each take it, and to
 * copy and parse it for both takes longer than to answer most requests. What does not say that it is JSON within the
 * limit, or turns out to be none, is left to the SDK, which says what is wrong with it.
 */
export async function readOnce(request: Request, maxBytes: number): Promise<ReadRequest> {
  const { headers, method, url, signal } = request;
  const length = Number(headers.get("content-length") ?? Number.NaN);
  const isJson = /^application\/json\s*(;|$)/i.test(headers.get("content-type") ?? "");
  if (method !== "POST" || !isJson || !(length > 0 && length <= maxBytes)) {
    return { request };
  }
  const text = await request.text();
  try {
    return { request, parsedBody: JSON.parse(text) };
  } catch {
    return { request: new Request(url, { method, headers, signal, body: text }) };
  }
}

/** The same for a body that does not say how long it is, as proxies pass them on. */
export async function readWhole({ request, parsedBody }: ReadRequest, maxBytes: number): Promise<ReadRequest> {
  if (parsedBody !== undefined || request.method !== "POST") {
    return { request, parsedBody };
  }
  const copy = request.clone();
  const body = await readRequestBody(copy, maxBytes);
  try {
    return body.tooLarge ? { request } : { request, parsedBody: JSON.parse(body.text) };
  } catch {
    return { request };
  }
}
