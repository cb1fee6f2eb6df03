import { createHash } from "node:crypto";

/** Fields that may differ when the same request is sent twice. */
const volatileFields = new Set(["callbackUrl"]);

/** SHA-256 (hex) of a body with its keys sorted and its volatile fields left out. */
export function fingerprint(endpoint: string, body: unknown): string {
  return createHash("sha256")
    .update(`${endpoint}\n${JSON.stringify(canonical(body))}`)
    .digest("hex");
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !volatileFields.has(key))
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, inner]) => [key, canonical(inner)]),
  );
}
