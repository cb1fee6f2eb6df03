import { z } from "zod";
import { sparkCredentials } from "../credentials.ts";
import { pictureFacts } from "../media/picture-facts.ts";
import type { Question } from "./conversation.ts";
import type { Turn } from "./picture-answer.ts";
import { readMessage, refusal, type SparkRefusal, wrongParameters } from "./read-message.ts";
import { tokensOf } from "./tokens.ts";

export interface PictureQuestion extends Question {
  picture: { bytes: Buffer; format: "png" | "jpeg"; width: number; height: number };
  dialogue: Turn[];
  maxTokens: number;
}

const text = z.strictObject({
  role: z.enum(["user", "assistant"]),
  content: z.string(),
  content_type: z.enum(["text", "image"]).optional(),
  content_meta: z.unknown().optional(),
});

/** Shape only; values are checked afterwards because they have their own code. */
const schema = z.object({
  header: z.object({ app_id: z.string(), uid: z.string().optional() }),
  parameter: z.object({
    chat: z.object({
      domain: z.string(),
      temperature: z.number().optional(),
      top_k: z.number().int().optional(),
      max_tokens: z.number().int().optional(),
      auditing: z.string().optional(),
      chat_id: z.string().optional(),
    }),
  }),
  payload: z.strictObject({ message: z.strictObject({ text: z.array(text).min(2) }) }),
});

const mostPictureBytes = 4 * 1024 * 1024;
const longestSide = 12_800;
const leastSide = 50;
const mostSide = 6000;
const mostTokens = 8192;
/** The names of the first edition: the page's, and the one that the vendor's SDKs send. */
const plainDomains: ReadonlySet<string> = new Set(["general", "image"]);
const plainPictureTokens = 273;
/** Pixels per token of a picture, when the count depends on its size. */
const pixelsPerToken = 28 * 28;

/** Reads one question the way the service does: format, schema, values, the picture, the total length. */
export function readPictureQuestion(message: string): PictureQuestion | SparkRefusal {
  const read = readMessage(schema, message, "message");
  if ("code" in read) return read;
  const { header, parameter, payload } = read.message;
  const { chat } = parameter;
  const [first, ...dialogue] = payload.message.text;
  if (first?.content_type !== "image" || first.role !== "user") return refusal(10004, "the first text is no image");
  if (dialogue.some(({ content_type = "text" }) => content_type !== "text")) return refusal(10004, "a second image");
  if (dialogue.some(({ role }, index) => role !== (index % 2 === 0 ? "user" : "assistant"))) {
    return refusal(10004, "user and assistant do not alternate");
  }
  const question = dialogue.at(-1)!;
  if (question.role !== "user") return refusal(10004, "the last text is no question");
  const wrongField = [
    !plainDomains.has(chat.domain) && chat.domain !== "imagev3" && "domain",
    ...wrongParameters(header, chat, mostTokens),
    dialogue.some(({ content }) => content.trim() === "") && "content",
  ].find((field) => field !== false);
  if (wrongField !== undefined) return refusal(10005, String(wrongField));
  if (header.app_id !== sparkCredentials.appId) return refusal(11200, "app_id");
  const picture = readPicture(first.content);
  if ("code" in picture) return picture;
  const pictureTokens = plainDomains.has(chat.domain)
    ? plainPictureTokens
    : Math.max(plainPictureTokens, Math.min(4096, Math.ceil((picture.width * picture.height) / pixelsPerToken)));
  const promptTokens = pictureTokens + dialogue.reduce((sum, { content }) => sum + tokensOf(content), 0);
  if (promptTokens > mostTokens) return refusal(10907, `${promptTokens} tokens`);
  return {
    appId: header.app_id,
    uid: header.uid,
    picture,
    dialogue: dialogue.map(({ role, content }) => ({ role, content })),
    question: question.content,
    maxTokens: chat.max_tokens ?? 2048,
    promptTokens,
  };
}

function readPicture(base64: string): PictureQuestion["picture"] | SparkRefusal {
  if (base64.length === 0 || base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) {
    return refusal(10003, "the image is not base64");
  }
  const bytes = Buffer.from(base64, "base64");
  if (bytes.byteLength > mostPictureBytes) return refusal(10005, "the image is larger than 4 MB");
  const facts = pictureFacts(bytes);
  if (facts?.format !== "png" && facts?.format !== "jpeg") return refusal(10003, "the image is neither jpg nor png");
  const { format, width, height } = facts;
  if (Math.max(width, height) > longestSide) return refusal(10029, `${width}x${height}`);
  if (Math.min(width, height) < leastSide || Math.max(width, height) > mostSide) {
    return refusal(10041, `${width}x${height}`);
  }
  return { bytes, format, width, height };
}
