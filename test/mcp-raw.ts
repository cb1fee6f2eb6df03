/** One raw request of a 2026 client over HTTP. Returns the JSON-RPC response. */
export async function rawRequest(
  url: URL,
  request: { id?: unknown; method: string; params?: Record<string, unknown> },
  signal?: AbortSignal,
): Promise<Record<string, unknown> & { id: string | number }> {
  const { method, params = {} } = request;
  const name = params.name ?? params.uri ?? params.taskId;
  const answer = await fetch(url, {
    method: "POST",
    headers: {
      accept: "application/json, text/event-stream",
      "content-type": "application/json",
      "mcp-protocol-version": "2026-07-28",
      "mcp-method": method,
      ...(typeof name === "string" ? { "mcp-name": name } : {}),
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, ...request }),
    ...(signal === undefined ? {} : { signal }),
  });
  const body = await answer.text();
  const messages = answer.headers.get("content-type")?.startsWith("text/event-stream")
    ? [...body.matchAll(/^data: ?(.+)$/gm)].map(([, data]) => JSON.parse(data!))
    : [JSON.parse(body)];
  return messages.find((message) => "result" in message || "error" in message);
}
