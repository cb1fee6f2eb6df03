import { UsageError } from "../../errors/errors.ts";
import type { Json } from "../../ground/json.ts";
import { type ClockSkew, createClockSkew } from "../clock-skew.ts";
import { limitMs, remembered, tokensOf, wholeAnswerMs } from "../dialogue.ts";
import type { DialogueTurn, Operation, OperationContext, StartEnd, TextRequest } from "../operation.ts";
import type { ProviderTools } from "../provider.ts";
import { tokenCharge, tokenPrice } from "../rates.ts";
import { chatModels, usualMaxTokens } from "./chat-models.ts";
import { uidOf } from "./image.ts";
import { askAboutPicture, checkPictureQuestion, picturePrice } from "./image-understanding.ts";
import { sparkName } from "./name.ts";
import type { SparkSettings } from "./settings.ts";
import { talk } from "./talk.ts";

/** The vendor's own default of the longest answer, in tokens. */
const usualAnswerTokens = 2048;

/** One message of a dialogue as the service reads it. */
export interface SparkMessage {
  role: "system" | "user" | "assistant";
  content: string;
}

/** A dialogue to continue. */
export interface SparkQuestion {
  messages: readonly SparkMessage[];
  /** Functions that the model may ask for instead of answering, each a JSON schema. Default: none. */
  functions?: readonly { name: string; description?: string; parameters: Json }[];
}

type ChatTools = Pick<ProviderTools, "http" | "clock"> & { skew: ClockSkew };

/** Asks the chat model once; the answer arrives in pieces. */
function askChat(
  settings: SparkSettings,
  question: SparkQuestion,
  context: Pick<OperationContext, "callerId" | "signal" | "stop" | "onText">,
  tools: ChatTools,
): Promise<StartEnd> {
  return talk(
    {
      url: settings.chat.url,
      keys: settings,
      question: body(settings, question, context.callerId),
      silenceMs: settings.chat.timeoutMs,
      wholeMs: limitMs(settings.chat.timeoutMs, context.onText),
      charge: (usage) => tokenCharge(settings.rates, { of: settings.chat.domain, usage }),
    },
    context,
    tools,
  );
}

/** Spark's chat models for programs that keep their own dialogue. */
export interface SparkChat {
  /** Asks once, and never again by itself. */
  ask(
    question: SparkQuestion,
    context: Pick<OperationContext, "callerId" | "signal" | "stop" | "onText">,
  ): Promise<StartEnd>;
}

/** Opens them with the settings of `spark.schema`; sends nothing. */
export function openSparkChat(settings: SparkSettings, tools: Pick<ProviderTools, "http" | "clock">): SparkChat {
  const skew = createClockSkew(tools.clock);
  return { ask: (question, context) => askChat(settings, question, context, { ...tools, skew }) };
}

/** Answers a question within a dialogue; one about a picture is asked of the service that understands pictures. */
export function textOperation(settings: SparkSettings, tools: ChatTools): Operation<TextRequest> {
  const maxTokens = chatModels[settings.chat.domain]?.maxTokens ?? usualMaxTokens;
  return {
    maxDurationMs: wholeAnswerMs(settings.chat.timeoutMs),
    streams: true,
    validate(request) {
      const { image, question, instructions = "" } = request;
      if (image !== undefined) {
        checkPictureQuestion({ ...request, image });
        return;
      }
      if (question.trim() === "") {
        throw new UsageError({ key: "provider.text-empty" }, "question");
      }
      const tokens = tokensOf(question) + tokensOf(instructions);
      if (tokens > maxTokens) {
        const values = { provider: sparkName.providerTitle, limit: maxTokens, actual: tokens };
        throw new UsageError({ key: "provider.too-many-tokens", values }, "question");
      }
    },
    price({ image, question, instructions = "", history = [] }) {
      if (image !== undefined) {
        return picturePrice(settings);
      }
      const asked = messagesOf({ question, instructions, history }, settings, maxTokens);
      const prompt = asked.reduce((sum, { content }) => sum + tokensOf(content), 0);
      const mostCompletion = settings.maxTokens ?? usualAnswerTokens;
      return tokenPrice(settings.rates, { of: settings.chat.domain, prompt, mostCompletion });
    },
    start(request, context) {
      const { image } = request;
      return image === undefined
        ? askChat(settings, { messages: messagesOf(request, settings, maxTokens) }, context, tools)
        : askAboutPicture(settings, { ...request, image }, context, tools);
    },
  };
}

/** What fits into the model: the instructions and the question, and of the dialogue the latest turns. */
function messagesOf(
  { question, instructions, history = [] }: Omit<TextRequest, "image">,
  { memory }: SparkSettings,
  maxTokens: number,
): SparkMessage[] {
  const left = maxTokens - tokensOf(question) - tokensOf(instructions ?? "");
  const turns: DialogueTurn[] = remembered(history, { turns: memory.turns, tokens: Math.min(memory.tokens, left) });
  return [
    ...(instructions ? [{ role: "system" as const, content: instructions }] : []),
    ...turns.flatMap((turn) => [
      { role: "user" as const, content: turn.question },
      { role: "assistant" as const, content: turn.answer },
    ]),
    { role: "user", content: question },
  ];
}

function body(settings: SparkSettings, { messages, functions = [] }: SparkQuestion, callerId: string): object {
  return {
    header: { app_id: settings.appId, uid: uidOf(callerId) },
    parameter: {
      chat: {
        ...settings.chat.extra,
        domain: settings.chat.domain,
        // JSON drops undefined values, so the vendor's own defaults apply.
        temperature: settings.temperature,
        top_k: settings.topK,
        max_tokens: settings.maxTokens,
        auditing: settings.auditing,
        chat_id: settings.chatId,
      },
    },
    payload: {
      message: { text: messages },
      ...(functions.length === 0 ? {} : { functions: { text: functions } }),
    },
  };
}
