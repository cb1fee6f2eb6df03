import type { Failure } from "../../errors/errors.ts";
import type { Json } from "../../ground/json.ts";
import { HttpError } from "../../http/http.ts";
import { answerStatus } from "../../http/retry-after.ts";
import { limitMs } from "../dialogue.ts";
import type { OperationContext, StartEnd } from "../operation.ts";
import type { ProviderTools } from "../provider.ts";
import { type Rates, tokenCharge } from "../rates.ts";
import { afterPieces, type VendorFailures, type VendorRefusal } from "../vendor-failures.ts";
import { answerIdIn, refusalIn } from "./events.ts";
import { createChatExchange } from "./exchange.ts";

/** Enough for 32,768 tokens, in events that each repeat what they belong to. */
const maxBytes = 16 * 1024 * 1024;

/** A model behind an address that speaks OpenAI's chat completions. */
export interface ChatModel {
  /** Without `/chat/completions`. */
  baseUrl: string;
  apiKey: string;
  /** Its name in a request. */
  model: string;
  /** Further headers. Default none. */
  headers?: Record<string, string>;
  /** The longest answer, in tokens. */
  maxTokens: number;
  /** The longest wait for a whole answer; while somebody reads along, for its next piece; in milliseconds. */
  timeoutMs: number;
  /** What its tokens cost. */
  rates: Rates;
  failures: VendorFailures;
  /** What a refusal of the vendor means. */
  refusal(facts: VendorRefusal): Failure;
}

/** One message of a dialogue; a picture is given as an address, usually of `data:`. */
export interface ChatMessage {
  role: "system" | "user" | "assistant";
  text: string;
  picture?: string;
}

/** Asks once and listens to the end: the last piece, a refusal, a broken connection, or the asker's `stop`. */
export async function askChatModel(
  model: ChatModel,
  messages: readonly ChatMessage[],
  { signal, stop, onText }: Pick<OperationContext, "signal" | "stop" | "onText">,
  { http }: Pick<ProviderTools, "http">,
): Promise<StartEnd> {
  const over = new AbortController();
  const ending = AbortSignal.any([signal, over.signal, ...(stop === undefined ? [] : [stop])]);
  const exchange = createChatExchange(
    {
      url: `${model.baseUrl}/chat/completions`,
      headers: {
        ...{ accept: "text/event-stream", authorization: `Bearer ${model.apiKey}`, "content-type": "application/json" },
        ...model.headers,
      },
      ...{
        trust: "configured",
        timeoutMs: limitMs(model.timeoutMs, onText),
        silenceMs: model.timeoutMs,
        maxBytes,
        signal: ending,
      },
    },
    http,
  );
  const answer = createAnswer(model, onText);
  let isWhole = true;
  try {
    for await (const piece of streamed(model, messages, exchange.fetch, ending)) {
      answer.take(piece);
    }
  } catch (error) {
    if (!exchange.asked() && !ending.aborted) {
      throw error;
    }
    isWhole = false;
  }
  const heard = exchange.heard();
  const requestId = answerIdIn(heard);
  if (isWhole && answer.isComplete(heard)) {
    return answer.done(requestId);
  }
  const wasEnded = ending.aborted;
  over.abort();
  const end = (await exchange.ended()) ?? new HttpError("cancelled", false, new URL(model.baseUrl).host);
  const refused = refusalIn(heard);
  const status = end instanceof HttpError ? undefined : answerStatus(end);
  if (refused !== undefined) {
    return {
      end: "refused",
      failure: afterPieces(model.refusal({ ...refused, requestId, ...status }), answer.text()),
    };
  }
  if (status !== undefined && status.httpStatus !== 200) {
    return model.failures.startEnd(status, requestId);
  }
  const wasSent = !(end instanceof HttpError) || end.sent;
  if (wasEnded && stop?.aborted && !signal.aborted && wasSent) {
    return answer.stopped(requestId);
  }
  // Otherwise cancelled only by us, after something that the library could not read.
  const isLost = end instanceof HttpError && (wasEnded || end.reason !== "cancelled");
  return model.failures.startEnd(isLost ? end : isWhole ? "incomplete" : "unreadable", requestId);
}

/** One piece of an answer, as far as it has these. */
interface Piece {
  text: string;
  finish?: string;
  usage?: { input_tokens?: number; output_tokens?: number; total_tokens?: number };
}

/** Puts the pieces of an answer together. */
function createAnswer(
  { rates, model }: Pick<ChatModel, "rates" | "model">,
  onText: ((piece: string) => void) | undefined,
) {
  let pieces = "";
  let last: Pick<Piece, "finish" | "usage"> = {};
  const text = () => pieces.toWellFormed();
  const facts = (): Record<string, Json> => ({
    text: text(),
    ...(last.usage === undefined
      ? {}
      : {
          usage: {
            prompt: last.usage.input_tokens ?? 0,
            completion: last.usage.output_tokens ?? 0,
            total: last.usage.total_tokens ?? 0,
          },
        }),
    // Anything else means that the model would have said more.
    ...(last.finish === undefined || last.finish === "stop" ? {} : { finish: last.finish }),
  });
  return {
    text,
    take({ text: piece, finish, usage }: Piece): void {
      last = { finish: finish ?? last.finish, usage: usage ?? last.usage };
      if (piece !== "") {
        pieces += piece;
        onText?.(piece);
      }
    },
    /** Whether the model has said its last piece; some servers tell only by the end of the stream. */
    isComplete: (heard: string) => pieces !== "" && (last.finish !== undefined || /^data: ?\[DONE\]/m.test(heard)),
    done(requestId: string | undefined): StartEnd {
      const { input_tokens: prompt, output_tokens: completion, total_tokens: total } = last.usage ?? {};
      const charge = tokenCharge(rates, { of: model, usage: { prompt, completion, total } });
      return { end: "done", output: { media: [], text: text(), facts: facts(), charge, requestId } };
    },
    /** Its tokens are charged, but nobody says how many. */
    stopped: (requestId: string | undefined): StartEnd => ({
      end: "done",
      output: { media: [], text: text(), facts: facts(), stopped: true, requestId },
    }),
  };
}

/** The pieces as the library reads them. It is large, so it is loaded by the first question. */
async function* streamed(
  { baseUrl, apiKey, model, maxTokens }: ChatModel,
  messages: readonly ChatMessage[],
  send: typeof fetch,
  signal: AbortSignal,
): AsyncGenerator<Piece, void> {
  const [{ ChatOpenAICompletions }, { AIMessage, HumanMessage, SystemMessage }] = await Promise.all([
    import("@langchain/openai"),
    import("@langchain/core/messages"),
  ]);
  const chat = new ChatOpenAICompletions({
    ...{ model, apiKey, maxTokens, streaming: true, maxRetries: 0 },
    configuration: { baseURL: baseUrl, fetch: send, logLevel: "off" },
  });
  const dialogue = messages.map(({ role, text, picture }) => {
    if (role === "user" && picture !== undefined) {
      const parts = [
        { type: "image_url" as const, image_url: { url: picture } },
        { type: "text" as const, text },
      ];
      return new HumanMessage({ content: parts });
    }
    return role === "user" ? new HumanMessage(text) : role === "system" ? new SystemMessage(text) : new AIMessage(text);
  });
  // Not `stream`: it reports the dialogue to whatever the library's own environment variables name.
  for await (const { message, text, generationInfo } of chat._streamResponseChunks(dialogue, { signal })) {
    const { finish_reason: finish } = (generationInfo ?? {}) as { finish_reason?: string };
    const { usage_metadata: usage } = message as { usage_metadata?: Piece["usage"] };
    yield { text, finish, usage };
  }
}
