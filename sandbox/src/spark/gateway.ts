import type { IncomingMessage } from "node:http";
import { sparkCredentials } from "../credentials.ts";
import { checkSignature, type GatewayRefusal } from "./signature.ts";

/** The refusal of the gateway in front of every service; `undefined` when it lets the request through. */
export function gatewayRefusal(incoming: IncomingMessage, vendorNowMs: number): GatewayRefusal | undefined {
  const [path = "", query = ""] = (incoming.url ?? "").split("?", 2);
  return checkSignature(
    { method: incoming.method ?? "", path, host: incoming.headers.host, query: new URLSearchParams(query) },
    sparkCredentials,
    vendorNowMs,
  );
}
