import { randomUUID } from "node:crypto";
import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { answerChat, chatReply, readChatRequest } from "../chat-completions.ts";
import { type Context, misbehaviourOf } from "../context.ts";
import { openaiCredentials } from "../credentials.ts";
import { type Exchange, refuseBeforeAccept } from "../faults.ts";
import { fingerprint } from "../fingerprint.ts";
import { openaiRefusal } from "./codes.ts";

const endpoint = "chat/completions";

/** Every endpoint name that `POST /control/next` accepts. */
export const openaiEndpoints: readonly string[] = [endpoint];

/** A service that speaks OpenAI's protocol and has one model. */
export function openOpenai(context: Context): Hono<{ Bindings: HttpBindings }> {
  const routes = new Hono<{ Bindings: HttpBindings }>();
  const base = "/v1";
  routes.use(`${base}/*`, async (exchange, next) => {
    if (exchange.req.header("authorization") === `Bearer ${openaiCredentials.apiKey}`) return next();
    return openaiRefusal("invalid_api_key", newId());
  });
  routes.get(`${base}/models`, () =>
    Response.json({
      object: "list",
      data: [{ id: openaiCredentials.model, object: "model", created: 1_767_225_600, owned_by: "sandbox" }],
    }),
  );
  routes.post(`${base}/${endpoint}`, (exchange) => answerQuestion(context, exchange));
  routes.all("*", () => openaiRefusal("invalid_request_error", newId(), "Unknown request URL."));
  return routes;
}

async function answerQuestion(context: Context, exchange: Exchange): Promise<Response> {
  const requestId = newId();
  const body: unknown = await exchange.req.json().catch(() => undefined);
  const request = readChatRequest(body);
  if (typeof request === "string") return openaiRefusal("invalid_request_error", requestId, request);
  if (request.model !== openaiCredentials.model) return openaiRefusal("model_not_found", requestId);
  const own = fingerprint(endpoint, body as Record<string, unknown>);
  const asked = misbehaviourOf(context, { vendor: "openai", endpoint, text: request.question, fingerprint: own });
  const early = refuseBeforeAccept(exchange, asked);
  if (early) return early;
  if (asked.code !== undefined) return openaiRefusal(String(asked.code), requestId);
  const reply = chatReply(request);
  const id = `chatcmpl-${requestId.slice(4)}`;
  context.ledger.record({
    ...{ vendor: "openai", endpoint, text: request.question, fingerprint: own, points: 0 },
    counted: { unit: "tokens", quantity: reply.usage.total_tokens },
    ...{ account: openaiCredentials.apiKeyId, reference: id, requestId },
  });
  return answerChat(context, exchange, { asked, request, reply, id });
}

function newId(): string {
  return `req_${randomUUID().replaceAll("-", "")}`;
}
