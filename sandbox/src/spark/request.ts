import { z } from "zod";
import { pointsBySize } from "./prices.ts";
import { readMessage, refusal, type SparkRefusal, wrongParameters } from "./read-message.ts";

export interface ImageRequest {
  appId: string;
  uid: string | undefined;
  width: number;
  height: number;
  prompt: string;
  points: number;
}

/** Shape only; values are checked afterwards because they have their own code. */
const schema = z.object({
  header: z.object({ app_id: z.string(), uid: z.string().optional() }),
  parameter: z.object({
    chat: z.object({
      domain: z.string(),
      width: z.number().int().optional(),
      height: z.number().int().optional(),
      temperature: z.number().optional(),
      top_k: z.number().int().optional(),
      max_tokens: z.number().int().optional(),
      auditing: z.string().optional(),
      chat_id: z.string().optional(),
    }),
  }),
  payload: z.strictObject({
    message: z.strictObject({
      text: z.array(z.strictObject({ role: z.literal("user"), content: z.string() })).length(1),
    }),
  }),
});

const longestPrompt = 1000;

/** Reads one text-to-image body the way the service does: format (10003), schema (10004), values (10005, 10907). */
export function readImageRequest(body: string): ImageRequest | SparkRefusal {
  const read = readMessage(schema, body, "body");
  if ("code" in read) return read;
  const { header, parameter, payload } = read.message;
  const { width = 512, height = 512, ...chat } = parameter.chat;
  const points = pointsBySize[`${width}x${height}`];
  const prompt = payload.message.text[0]!.content;
  const wrongField = [
    chat.domain !== "general" && chat.domain !== "tti" && "domain",
    points === undefined && "width, height",
    ...wrongParameters(header, chat, 4096),
    prompt.trim() === "" && "content",
  ].find((field) => field !== false);
  if (points === undefined || wrongField !== undefined) return refusal(10005, String(wrongField));
  if ([...prompt].length > longestPrompt) return refusal(10907, `content: more than ${longestPrompt} characters`);
  return { appId: header.app_id, uid: header.uid, width, height, prompt, points };
}
