import { createHmac } from "node:crypto";

/** What a signature is made from. */
export interface SigningInput {
  /** POST over HTTP, GET for a WebSocket handshake. */
  method: "GET" | "POST";
  /** The address without query. */
  url: string;
  apiKey: string;
  apiSecret: string;
  /** The vendor's time, epoch milliseconds; the gateway allows 300 s either way. */
  at: number;
}

/**
 * The address with the signature in its query. Valid for five minutes, so it must never get into a log or a message.
 */
export function signedUrl({ method, url, apiKey, apiSecret, at }: SigningInput): string {
  const signed = new URL(url);
  const date = new Date(at).toUTCString();
  const text = `host: ${signed.host}\ndate: ${date}\n${method} ${signed.pathname} HTTP/1.1`;
  const signature = createHmac("sha256", apiSecret).update(text).digest("base64");
  const origin = `api_key="${apiKey}", algorithm="hmac-sha256", headers="host date request-line", signature="${signature}"`;
  signed.searchParams.set("authorization", Buffer.from(origin).toString("base64"));
  signed.searchParams.set("date", date);
  signed.searchParams.set("host", signed.host);
  return signed.href;
}
