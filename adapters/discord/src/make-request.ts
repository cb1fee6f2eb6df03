import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import type { RESTOptions } from "discord.js";

type MakeRequest = RESTOptions["makeRequest"];

/** Longer than between the requests of one command; shorter than Discord or a proxy keeps a connection open. */
const idleMs = 4_000;
/** Statuses without a body, which a `Response` refuses to have one with. */
const bodiless = new Set([204, 205, 304]);

/**
 * discord.js's requests, sent with Node's own client. discord.js would send them with the process's dispatcher, which is
 * usually that of Node's `fetch`, and that waits for a timer of a millisecond before each request on a kept connection.
 *
 * Rejects with the system's or Node's error. Follows no redirects. The body is a string or bytes: the adapter encodes
 * files itself.
 */
export function createMakeRequest(): MakeRequest {
  const agents = {
    "http:": new HttpAgent({ keepAlive: true, timeout: idleMs }),
    "https:": new HttpsAgent({ keepAlive: true, timeout: idleMs }),
  };
  return (address, { method, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const url = new URL(address);
      const isPlain = url.protocol === "http:";
      const sent = (isPlain ? requestHttp : requestHttps)(url, {
        method,
        headers: headers as Record<string, string>,
        agent: agents[isPlain ? "http:" : "https:"],
        signal: signal as AbortSignal,
      });
      sent.on("error", reject);
      sent.on("response", (message) => {
        readAll(message).then((bytes) => resolve(responseOf(message, bytes)), reject);
      });
      sent.end(body ?? undefined);
    });
}

async function readAll(message: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) {
    chunks.push(chunk as Buffer);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function responseOf(
  { statusCode: status = 0, statusMessage, headers }: IncomingMessage,
  bytes: Uint8Array<ArrayBuffer>,
) {
  return new Response(bodiless.has(status) ? null : bytes, {
    status,
    statusText: statusMessage,
    headers: Object.entries(headers).map(([name, value]) => [name, String(value)]),
  });
}
