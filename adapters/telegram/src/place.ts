import type { Caller, Place } from "@toolcast/core";
import { nearestLocale } from "@toolcast/core/surface";
import { z } from "zod";
import type { InboundMessage, InboundUser } from "./update.ts";

export const surfaceId = "telegram";

/** What is needed to answer in a conversation an hour and a restart later. Holds no secret. */
const addressSchema = z.object({
  chat: z.number(),
  isPrivate: z.boolean(),
  /** A topic of a forum, or of a private chat. */
  thread: z.number().optional(),
  /** The message that asked, in that chat. */
  request: z.number().optional(),
  /** The event that asked. */
  event: z.string(),
  /** The first answer's message. */
  message: z.string().optional(),
  locale: z.enum(["en", "zh-CN"]),
});
export type Address = z.infer<typeof addressSchema>;

/** Null for a place on another surface. */
export function addressOf(place: Place): Address | null {
  return addressSchema.safeParse(place.address).data ?? null;
}

/** The user's id on Telegram, which is also the id of their chat with the bot. */
export function userOf(callerId: string): number {
  return Number(callerId.slice(surfaceId.length + 1));
}

/** Who asks, where, in which language. */
export function callerOf(
  event: string,
  user: InboundUser,
  where: Pick<InboundMessage, "chat" | "message_id" | "message_thread_id" | "is_topic_message">,
): Caller {
  const locale = nearestLocale(user.language_code);
  const { id: chat, type } = where.chat;
  // In groups without topics Telegram gives every reply a thread; only topics count as places.
  const thread = where.is_topic_message ? where.message_thread_id : undefined;
  const address: Address = {
    ...{ chat, event, locale, isPrivate: type === "private" },
    thread,
    ...(where.message_id > 0 ? { request: where.message_id } : {}),
  };
  return {
    id: `${surfaceId}:${user.id}`,
    name: [user.first_name, user.last_name].filter(Boolean).join(" "),
    locale,
    place: { surface: surfaceId, conversation: conversationOf(address), address },
    places: [`${surfaceId}:chat:${chat}`],
  };
}

function conversationOf({ chat, thread }: Pick<Address, "chat" | "thread">): string {
  return thread === undefined ? String(chat) : `${chat}/${thread}`;
}

/** The same caller, answered in their chat with the bot. */
export function inPrivate(caller: Caller): Caller {
  const address = addressOf(caller.place);
  if (address === null || address.isPrivate) {
    return caller;
  }
  const { event, locale } = address;
  const chat = userOf(caller.id);
  const own: Address = { chat, event, locale, isPrivate: true };
  return { ...caller, place: { surface: surfaceId, conversation: String(chat), address: own } };
}
