import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Context as HonoContext } from "hono";
import type { Misbehaviour } from "./markers.ts";

export type Exchange = HonoContext<{ Bindings: HttpBindings }>;

/** The answer to a request that is not accepted, or `undefined` when it continues. */
export function refuseBeforeAccept(exchange: Exchange, asked: Misbehaviour): Response | undefined {
  if (asked.drop === "before-accept") return dropConnection(exchange);
  if (asked.httpStatus !== undefined) {
    return new Response(`<html><body><h1>${asked.httpStatus}</h1><p>sandbox gateway</p></body></html>`, {
      status: asked.httpStatus,
      headers: {
        "content-type": "text/html; charset=utf-8",
        ...(asked.retryAfterSeconds === undefined ? {} : { "retry-after": String(asked.retryAfterSeconds) }),
      },
    });
  }
  return undefined;
}

/** Sends `answer`, spoilt as the request asked. */
export function answerAccepted(exchange: Exchange, asked: Misbehaviour, answer: unknown): Response {
  if (asked.drop === "after-accept") return dropConnection(exchange);
  if (asked.answer === "hang") return RESPONSE_ALREADY_SENT;
  if (asked.answer === "giant") {
    void pourWithoutEnd(exchange.env.outgoing as ServerResponse);
    return RESPONSE_ALREADY_SENT;
  }
  const text = JSON.stringify(answer);
  const body = asked.answer === "malformed" ? text.slice(0, Math.max(1, Math.floor(text.length * 0.6))) : text;
  return new Response(body, { headers: { "content-type": "application/json; charset=utf-8" } });
}

/** The same in server-sent events, as DashScope numbers and marks them; spoilt, the last one never ends. */
export function answerInEvents(exchange: Exchange, asked: Misbehaviour, answers: readonly unknown[]): Response {
  if (asked.drop === "after-accept" || asked.answer === "hang" || asked.answer === "giant") {
    return answerAccepted(exchange, asked, {});
  }
  const text = answers
    .map((answer, index) => `id:${index + 1}\nevent:result\n:HTTP_STATUS/200\ndata:${JSON.stringify(answer)}\n\n`)
    .join("");
  const body = asked.answer === "malformed" ? text.slice(0, Math.max(1, Math.floor(text.length * 0.6))) : text;
  return new Response(body, { headers: { "content-type": "text/event-stream;charset=UTF-8" } });
}

function dropConnection(exchange: Exchange): Response {
  exchange.env.incoming.socket.destroy();
  return RESPONSE_ALREADY_SENT;
}

async function pourWithoutEnd(outgoing: ServerResponse): Promise<void> {
  const chunk = Buffer.alloc(256 * 1024, "A");
  const gone = new AbortController();
  outgoing.once("close", () => gone.abort());
  outgoing.writeHead(200, { "content-type": "application/json; charset=utf-8" });
  outgoing.write('{"header":{"code":0,"message":"');
  while (!gone.signal.aborted) {
    if (outgoing.write(chunk)) await new Promise((resolve) => setImmediate(resolve));
    else await once(outgoing, "drain", { signal: gone.signal }).catch(() => undefined);
  }
}
