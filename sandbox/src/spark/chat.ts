import { z } from "zod";
import { sparkCredentials } from "../credentials.ts";
import { type ModelFunction, type ModelMessage, replyOf } from "../language-model.ts";
import type { ChatService, Question } from "./conversation.ts";
import type { chatEndpoints } from "./endpoints.ts";
import { readMessage, refusal, type SparkRefusal, wrongParameters } from "./read-message.ts";
import { cutToTokens, tokensOf } from "./tokens.ts";

/** A chat model, by the domain that must come with its path. */
export interface ChatModel {
  endpoint: (typeof chatEndpoints)[number];
  /** The most tokens of everything that is sent. */
  mostTokens: number;
}

export const chatModels: Readonly<Record<string, ChatModel>> = {
  general: { endpoint: "v1.1/chat", mostTokens: 4096 },
  lite: { endpoint: "v1.1/chat", mostTokens: 8192 },
  generalv2: { endpoint: "v2.1/chat", mostTokens: 8192 },
  generalv3: { endpoint: "v3.1/chat", mostTokens: 8192 },
  "pro-128k": { endpoint: "chat/pro-128k", mostTokens: 131_072 },
  "generalv3.5": { endpoint: "v3.5/chat", mostTokens: 8192 },
  "max-32k": { endpoint: "chat/max-32k", mostTokens: 32_768 },
  "4.0Ultra": { endpoint: "v4.0/chat", mostTokens: 8192 },
  x1: { endpoint: "v1/x1", mostTokens: 32_768 },
};

interface ChatQuestion extends Question {
  messages: ModelMessage[];
  functions: ModelFunction[];
  maxTokens: number;
}

const mostAnswerTokens = 4096;

/** Shape only; values are checked afterwards because they have their own code. Unknown parameters are accepted. */
const schema = z.object({
  header: z.object({ app_id: z.string(), uid: z.string().optional() }),
  parameter: z.object({
    chat: z.looseObject({
      domain: z.string(),
      temperature: z.number().optional(),
      top_k: z.number().int().optional(),
      max_tokens: z.number().int().optional(),
      auditing: z.string().optional(),
      chat_id: z.string().optional(),
    }),
  }),
  payload: z.strictObject({
    message: z.strictObject({
      text: z.array(z.looseObject({ role: z.enum(["system", "user", "assistant"]), content: z.string() })).min(1),
    }),
    functions: z
      .strictObject({ text: z.array(z.looseObject({ name: z.string(), parameters: z.unknown().optional() })).min(1) })
      .optional(),
  }),
});

/** The chat models that are asked at one path. */
export function chatService(endpoint: ChatModel["endpoint"]): ChatService<ChatQuestion> {
  return {
    endpoint,
    typed: false,
    read: (message) => readChatQuestion(message, endpoint),
    async reply({ messages, functions, maxTokens }) {
      const { text, call } = replyOf(messages, functions);
      return { text: cutToTokens(text, maxTokens), call };
    },
  };
}

function readChatQuestion(message: string, endpoint: ChatModel["endpoint"]): ChatQuestion | SparkRefusal {
  const read = readMessage(schema, message, "message");
  if ("code" in read) return read;
  const { header, parameter, payload } = read.message;
  const { chat } = parameter;
  const model = chatModels[chat.domain];
  if (model?.endpoint !== endpoint) return refusal(10003, "invalid model domain");
  const [first, ...others] = payload.message.text;
  const dialogue = first?.role === "system" ? others : payload.message.text;
  if (dialogue.some(({ role }, index) => role !== (index % 2 === 0 ? "user" : "assistant"))) {
    return refusal(10004, "user and assistant do not alternate");
  }
  const question = dialogue.at(-1);
  if (question?.role !== "user") return refusal(10004, "the last text is no question");
  const wrongField = [
    ...wrongParameters(header, chat, mostAnswerTokens),
    dialogue.some(({ content }) => content.trim() === "") && "content",
  ].find((field) => field !== false);
  if (wrongField !== undefined) return refusal(10005, String(wrongField));
  if (header.app_id !== sparkCredentials.appId) return refusal(11200, "app_id");
  const promptTokens = payload.message.text.reduce((sum, { content }) => sum + tokensOf(content), 0);
  if (promptTokens > model.mostTokens) return refusal(10907, `${promptTokens} tokens`);
  return {
    appId: header.app_id,
    uid: header.uid,
    question: question.content,
    promptTokens,
    messages: payload.message.text.map(({ role, content }) => ({ role, content })),
    functions: (payload.functions?.text ?? []).map(({ name, parameters }) => ({ name, parameters })),
    maxTokens: chat.max_tokens ?? 2048,
  };
}
