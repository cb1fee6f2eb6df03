import { answerChat, chatReply, readChatRequest } from "../chat-completions.ts";
import { misbehaviourOf } from "../context.ts";
import { dashscopeCredentials } from "../credentials.ts";
import { type Exchange, refuseBeforeAccept } from "../faults.ts";
import { fingerprint } from "../fingerprint.ts";
import { newId, type Vendor } from "./call.ts";
import { DashscopeRefusal, refusalBody } from "./codes.ts";
import { requireKey, requireWorkspace } from "./gateway.ts";

/** Its name in orders and the ledger: the path below the host. */
export const chatEndpoint = "compatible-mode/v1/chat/completions";

const answering = /^(?:qwen|qwq|qvq)[\d.]*(?:-|$)/;
const seeing = /-(?:vl|omni)(?:-|$)|^qvq-/;

/** The models that answer questions, at the address for programs that speak OpenAI's protocol. */
export async function answerQuestion(vendor: Vendor, exchange: Exchange): Promise<Response> {
  const { context } = vendor;
  const requestId = newId();
  try {
    requireKey(exchange);
    requireWorkspace(exchange);
    const body: unknown = await exchange.req.json().catch(() => undefined);
    const { model } = (body ?? {}) as { model?: unknown };
    if (typeof model === "string" && !answering.test(model)) throw new DashscopeRefusal("model_not_found");
    const request = readChatRequest(body);
    if (typeof request === "string") throw new DashscopeRefusal("invalid_parameter_error", { message: request });
    if (request.pictures > 0 && !seeing.test(request.model)) {
      throw new DashscopeRefusal("invalid_parameter_error", { message: "This model does not support image input." });
    }
    const own = fingerprint(chatEndpoint, body as Record<string, unknown>);
    const asked = misbehaviourOf(context, {
      ...({ vendor: "dashscope", endpoint: chatEndpoint, text: request.question, fingerprint: own } as const),
    });
    const early = refuseBeforeAccept(exchange, asked);
    if (early) return early;
    if (asked.code !== undefined) {
      const { codeStatus: status, codeMessage } = asked;
      throw new DashscopeRefusal(String(asked.code), { status, message: codeMessage });
    }
    vendor.rates.countStart(request.model);
    const reply = chatReply(request);
    const id = `chatcmpl-${requestId}`;
    context.ledger.record({
      ...{ vendor: "dashscope", endpoint: chatEndpoint, text: request.question, fingerprint: own, points: 0 },
      counted: { unit: "tokens", quantity: reply.usage.total_tokens },
      ...{ account: dashscopeCredentials.apiKeyId, reference: id, requestId },
    });
    return await answerChat(context, exchange, { asked, request, reply, id });
  } catch (cause) {
    if (context.closing.aborted) throw cause;
    const refusal = cause instanceof DashscopeRefusal ? cause : new DashscopeRefusal("internal_error");
    return Response.json(refusalBody(refusal, requestId, true), { status: refusal.status });
  }
}
