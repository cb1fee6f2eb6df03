import { z } from "zod";
import { sparkMessages } from "./codes.ts";
import { pointsBySize } from "./prices.ts";

export interface ImageRequest {
  appId: string;
  uid: string | undefined;
  width: number;
  height: number;
  prompt: string;
  points: number;
}

export interface SparkRefusal {
  code: number;
  message: string;
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
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return refusal(10003, "body is not JSON");
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return refusal(10004, `${issue?.path.map(String).join(".") || "body"}: ${issue?.message}`);
  }
  const { header, parameter, payload } = parsed.data;
  const { width = 512, height = 512, ...chat } = parameter.chat;
  const points = pointsBySize[`${width}x${height}`];
  const prompt = payload.message.text[0]!.content;
  const wrongField = [
    chat.domain !== "general" && chat.domain !== "tti" && "domain",
    points === undefined && "width, height",
    header.uid !== undefined && header.uid.length > 32 && "uid",
    chat.temperature !== undefined && !(chat.temperature > 0 && chat.temperature <= 1) && "temperature",
    chat.top_k !== undefined && !(chat.top_k >= 1 && chat.top_k <= 6) && "top_k",
    chat.max_tokens !== undefined && !(chat.max_tokens >= 1 && chat.max_tokens <= 4096) && "max_tokens",
    chat.auditing !== undefined && chat.auditing !== "default" && "auditing",
    prompt.trim() === "" && "content",
  ].find((field) => field !== false);
  if (points === undefined || wrongField !== undefined) return refusal(10005, String(wrongField));
  if ([...prompt].length > longestPrompt) return refusal(10907, `content: more than ${longestPrompt} characters`);
  return { appId: header.app_id, uid: header.uid, width, height, prompt, points };
}

function refusal(code: number, detail: string): SparkRefusal {
  return { code, message: `${sparkMessages[code]} (${detail})` };
}
