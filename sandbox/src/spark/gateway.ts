import type { IncomingMessage } from "node:http";
import { sparkCredentials } from "../credentials.ts";
import { checkSignature, type GatewayRefusal } from "./signature.ts";

/** What the gateway in front of every service says to a request; `undefined`: it lets it through. */
export function gatewayRefusal(incoming: IncomingMessage, vendorNowMs: number): GatewayRefusal | undefined {
  const [path = "", query = ""] = (incoming.url ?? "").split("?", 2);
  return checkSignature(
    { method: incoming.method ?? "", path, host: incoming.headers.host, query: new URLSearchParams(query) },
    sparkCredentials,
    vendorNowMs,
  );
}
