import { PROTOCOL_VERSION_META_KEY } from "@modelcontextprotocol/server";

/**
 * Whether a message is certainly none of the 2025 protocol: each request of 2026 names its protocol. The SDK decides the
 * same way, but checks the whole message first, and does that again when it serves it.
 */
export function claimsModern(message: unknown): boolean {
  if (!isObject(message) || message.method === "initialize" || "result" in message || "error" in message) {
    return false;
  }
  const meta = isObject(message.params) ? message.params._meta : undefined;
  return isObject(meta) && PROTOCOL_VERSION_META_KEY in meta;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
