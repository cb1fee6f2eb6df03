import type { z } from "zod";
import { sparkImageMessages, sparkMessages } from "./codes.ts";

/** Why the service does not do what it was asked. */
export interface SparkRefusal {
  code: number;
  message: string;
}

export function refusal(code: number, detail: string): SparkRefusal {
  return { code, message: `${sparkMessages[code] ?? sparkImageMessages[code]} (${detail})` };
}

/** Reads what was sent the way the service does: format (10003), then schema (10004). `what` names it in a refusal. */
export function readMessage<Message>(
  schema: z.ZodType<Message>,
  text: string,
  what: "body" | "message",
): { message: Message } | SparkRefusal {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return refusal(10003, `${what} is not JSON`);
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return refusal(10004, `${issue?.path.map(String).join(".") || what}: ${issue?.message}`);
  }
  return { message: parsed.data };
}

interface CommonParameters {
  temperature?: number | undefined;
  top_k?: number | undefined;
  max_tokens?: number | undefined;
  auditing?: string | undefined;
}

/** The names of the parameters that all operations have and whose values are out of range; false for each other one. */
export function wrongParameters(
  { uid }: { uid?: string | undefined },
  { temperature, top_k: topK, max_tokens: maxTokens, auditing }: CommonParameters,
  mostTokens: number,
): (string | false)[] {
  return [
    uid !== undefined && uid.length > 32 && "uid",
    temperature !== undefined && !(temperature > 0 && temperature <= 1) && "temperature",
    topK !== undefined && !(topK >= 1 && topK <= 6) && "top_k",
    maxTokens !== undefined && !(maxTokens >= 1 && maxTokens <= mostTokens) && "max_tokens",
    auditing !== undefined && auditing !== "default" && "auditing",
  ];
}
