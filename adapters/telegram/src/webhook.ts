import { timingSafeEqual } from "node:crypto";
import { digest } from "@toolcast/core/chat";
import { readBody } from "@toolcast/core/surface";

/** Where Telegram reaches us, below the public address. */
export const webhookPath = "/telegram/webhook";
/** An update is a few kilobytes; even the longest is smaller than this. */
const mostBytes = 1024 * 1024;

export interface WebhookOptions {
  secret: string;
  /** False when an update could not be stored and must come again. Never rejects. */
  take(update: unknown): Promise<boolean>;
  /** False once no new updates are taken. */
  isOpen(): boolean;
}

/**
 * Answers Telegram's webhook with 200 as soon as an update is stored, whatever it holds, and with 503 when nothing can
 * be stored now, so that Telegram delivers it again; null for any other path.
 */
export async function answerWebhook(
  request: Request,
  { secret, take, isOpen }: WebhookOptions,
): Promise<Response | null> {
  if (new URL(request.url).pathname !== webhookPath) {
    return null;
  }
  if (request.method !== "POST") {
    return new Response("only POST\n", { status: 405, headers: { allow: "POST" } });
  }
  if (!isSame(request.headers.get("x-telegram-bot-api-secret-token") ?? "", secret)) {
    return new Response("wrong secret\n", { status: 403 });
  }
  if (!isOpen()) {
    return new Response("closing\n", { status: 503 });
  }
  const body = await readUpdate(request);
  if (body !== null && !(await take(body))) {
    return new Response("not stored\n", { status: 503 });
  }
  return new Response(null, { status: 200 });
}

function isSame(given: string, wanted: string): boolean {
  return timingSafeEqual(Buffer.from(digest(given)), Buffer.from(digest(wanted)));
}

/** Null for a body that is too large or not JSON: the secret was right, so sending it again would change nothing. */
async function readUpdate(request: Request): Promise<unknown> {
  try {
    return JSON.parse((await readBody(request, mostBytes))?.toString("utf8") ?? "null");
  } catch {
    return null;
  }
}
