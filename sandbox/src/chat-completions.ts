import type { ServerResponse } from "node:http";
import { z } from "zod";
import { wait } from "./clock.ts";
import type { Context } from "./context.ts";
import { answerAccepted, type Exchange } from "./faults.ts";
import { type ModelFunction, type ModelMessage, replyOf } from "./language-model.ts";
import type { Misbehaviour } from "./markers.ts";
import { cutToTokens, tokensOf } from "./spark/tokens.ts";

/** What a picture counts for, whatever its size. */
const pictureTokens = 256;
const thinkingMs = 1500;
const betweenPiecesMs = 60;
const charactersPerPiece = 12;

const part = z.union([
  z.looseObject({ type: z.literal("text"), text: z.string() }),
  z.looseObject({ type: z.literal("image_url"), image_url: z.looseObject({ url: z.string().min(1) }) }),
]);
const message = z.looseObject({
  role: z.enum(["system", "developer", "user", "assistant", "tool"]),
  content: z.union([z.string(), z.array(part)]).nullish(),
});
const schema = z.looseObject({
  model: z.string().min(1),
  messages: z.array(message).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: z.number().int().min(1).nullish(),
  max_completion_tokens: z.number().int().min(1).nullish(),
  tools: z
    .array(
      z.looseObject({
        type: z.literal("function"),
        function: z.looseObject({ name: z.string().min(1), parameters: z.unknown() }),
      }),
    )
    .nullish(),
});

/** One question in OpenAI's protocol. */
export interface ChatRequest {
  model: string;
  messages: ModelMessage[];
  functions: ModelFunction[];
  /** The last thing that a person said. */
  question: string;
  pictures: number;
  streams: boolean;
  withUsage: boolean;
  maxTokens: number | undefined;
}

/** Reads a body; the first problem, in words, if it is none. */
export function readChatRequest(body: unknown): ChatRequest | string {
  const parsed = schema.safeParse(body);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return `${issue?.path.map(String).join(".") || "body"}: ${issue?.message}`;
  }
  const { data } = parsed;
  if (data.stream_options && !data.stream) return "stream_options: only with stream";
  const messages = data.messages.map(({ role, content }): ModelMessage => {
    const parts = typeof content === "string" ? [{ type: "text" as const, text: content }] : (content ?? []);
    const text = parts.flatMap((one) => (one.type === "text" ? [String(one.text)] : [])).join("\n");
    return { role: role === "developer" ? "system" : role, content: text };
  });
  return {
    model: data.model,
    messages,
    functions: (data.tools ?? []).map(({ function: { name, parameters } }) => ({ name, parameters })),
    question: messages.findLast(({ role }) => role === "user")?.content ?? "",
    pictures: data.messages.flatMap(({ content }) =>
      Array.isArray(content) ? content.filter(({ type }) => type === "image_url") : [],
    ).length,
    streams: data.stream === true,
    withUsage: data.stream_options?.include_usage === true,
    maxTokens: data.max_completion_tokens ?? data.max_tokens ?? undefined,
  };
}

/** What the model says to a question, and what it counts. */
export interface ChatReply {
  text: string;
  call: { name: string; arguments: string } | undefined;
  finish: "stop" | "length" | "tool_calls";
  usage: { prompt_tokens: number; completion_tokens: number; total_tokens: number };
}

export function chatReply({ messages, functions, pictures, maxTokens }: ChatRequest): ChatReply {
  const { text: whole, call } = replyOf(messages, functions);
  const text = maxTokens === undefined ? whole : cutToTokens(whole, maxTokens);
  const prompt = messages.reduce((sum, { content }) => sum + tokensOf(content), pictures * pictureTokens);
  const completion = tokensOf(text + (call?.arguments ?? ""));
  return {
    text,
    call,
    finish: call !== undefined ? "tool_calls" : text === whole ? "stop" : "length",
    usage: { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion },
  };
}

/** Sends a reply whole or in pieces, spoilt as the request asked. */
export async function answerChat(
  context: Context,
  exchange: Exchange,
  { asked, request, reply, id }: { asked: Misbehaviour; request: ChatRequest; reply: ChatReply; id: string },
): Promise<Response> {
  if (asked.drop === "after-accept" || asked.answer === "hang" || asked.answer === "giant") {
    return answerAccepted(exchange, asked, {});
  }
  const gone = new AbortController();
  (exchange.env.outgoing as ServerResponse).once("close", () => gone.abort());
  const ended = AbortSignal.any([gone.signal, context.closing]);
  await wait(context.clock, context.pace(thinkingMs + (asked.slowMs ?? 0)), ended);
  const created = Math.floor(context.vendorNow() / 1000);
  const common = { id, created, model: request.model, system_fingerprint: null };
  const called = reply.call && { id: `call_${id.slice(-12)}`, type: "function", function: reply.call };
  if (!request.streams) {
    const said = { role: "assistant", content: reply.text, ...(called && { tool_calls: [called] }) };
    const choice = { index: 0, message: said, finish_reason: reply.finish, logprobs: null };
    const choices = asked.answer === "no-payload" ? [] : [choice];
    return answerAccepted(exchange, asked, { ...common, object: "chat.completion", choices, usage: reply.usage });
  }
  const event = (choices: unknown[], usage: ChatReply["usage"] | null = null) =>
    `data: ${JSON.stringify({ ...common, object: "chat.completion.chunk", choices, usage })}\n\n`;
  const delta = (said: object, finish: string | null = null) =>
    event([{ index: 0, delta: said, finish_reason: finish, logprobs: null }]);
  const said =
    called === undefined
      ? piecesOf(reply.text).map((content) => delta({ content }))
      : piecesOf(called.function.arguments).map((text, index) => {
          const whole = { index: 0, ...called, function: { name: called.function.name, arguments: text } };
          const more = { index: 0, function: { arguments: text } };
          return delta({ tool_calls: [index === 0 ? whole : more] });
        });
  const events = [
    delta({ role: "assistant", content: "" }),
    ...(asked.answer === "no-payload"
      ? []
      : [...said, delta(called === undefined ? { content: "" } : {}, reply.finish)]),
    ...(request.withUsage ? [event([], reply.usage)] : []),
    "data: [DONE]\n\n",
  ];
  const cutAt = asked.answer === "malformed" ? Math.floor(events.length * 0.6) : undefined;
  return new Response(
    ReadableStream.from(
      (async function* () {
        const encoder = new TextEncoder();
        for (const [index, text] of events.entries()) {
          if (index === cutAt) {
            yield encoder.encode(text.slice(0, Math.floor(text.length * 0.6)));
            return;
          }
          yield encoder.encode(text);
          await wait(context.clock, context.pace(betweenPiecesMs), ended);
          if (ended.aborted) return;
        }
      })(),
    ),
    { headers: { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" } },
  );
}

function piecesOf(text: string): string[] {
  const characters = [...text];
  const count = Math.max(1, Math.ceil(characters.length / charactersPerPiece));
  return Array.from({ length: count }, (_, index) =>
    characters.slice(index * charactersPerPiece, (index + 1) * charactersPerPiece).join(""),
  );
}
