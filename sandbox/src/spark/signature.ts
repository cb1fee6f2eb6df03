import { createHmac, timingSafeEqual } from "node:crypto";

export interface SignedRequest {
  method: string;
  /** Path as received, without its query. */
  path: string;
  /** Value of the Host header. */
  host: string | undefined;
  query: URLSearchParams;
}

/** The gateway's refusal: HTTP status and the `message` of its body. */
export interface GatewayRefusal {
  status: 401 | 403;
  message: string;
}

const allowedSkewMs = 300_000;
const unreadable: GatewayRefusal = { status: 401, message: "HMAC signature cannot be verified" };
const badDate: GatewayRefusal = {
  status: 403,
  message: "HMAC signature cannot be verified, a valid date or x-date header is required for HMAC Authentication",
};

/** `undefined` when the signature is valid, otherwise the gateway's answer. */
export function checkSignature(
  request: SignedRequest,
  account: { apiKey: string; apiSecret: string },
  nowMs: number,
): GatewayRefusal | undefined {
  const authorization = request.query.get("authorization");
  if (!authorization) return { status: 401, message: "Unauthorized" };
  const date = request.query.get("date") ?? "";
  const dateMs = parseHttpDate(date);
  if (dateMs === undefined || Math.abs(dateMs - nowMs) > allowedSkewMs) return badDate;
  const fields = parseAuthorization(authorization);
  if (fields?.algorithm !== "hmac-sha256" || fields.headers !== "host date request-line") return unreadable;
  if (fields.key !== account.apiKey) return { status: 401, message: `${unreadable.message}: apikey not found` };
  const expected = sign(account.apiSecret, {
    host: request.host ?? "",
    date,
    requestLine: `${request.method} ${request.path} HTTP/1.1`,
  });
  const sameHost = request.query.get("host") === request.host;
  if (!sameHost || !sameText(expected, fields.signature)) {
    return { status: 401, message: "HMAC signature does not match" };
  }
  return undefined;
}

export function sign(apiSecret: string, parts: { host: string; date: string; requestLine: string }): string {
  const text = `host: ${parts.host}\ndate: ${parts.date}\n${parts.requestLine}`;
  return createHmac("sha256", apiSecret).update(text).digest("base64");
}

/** Only the RFC 1123 form counts, as at the real gateway. */
function parseHttpDate(date: string): number | undefined {
  const timestamp = Date.parse(date);
  return Number.isNaN(timestamp) || new Date(timestamp).toUTCString() !== date ? undefined : timestamp;
}

function parseAuthorization(encoded: string) {
  const text = Buffer.from(encoded, "base64")
    .toString("utf8")
    .replace(/^hmac\s+/, "");
  const fields = new Map<string, string>();
  for (const match of text.matchAll(/(\w+)="([^"]*)"/g)) fields.set(match[1]!, match[2]!);
  const key = fields.get("api_key") ?? fields.get("username");
  const signature = fields.get("signature");
  if (key === undefined || signature === undefined) return undefined;
  return { key, signature, algorithm: fields.get("algorithm"), headers: fields.get("headers") };
}

function sameText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
