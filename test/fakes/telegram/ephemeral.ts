import { isObject } from "../json.ts";
import { badRequest } from "./api-error.ts";
import { serves } from "./api-versions.ts";
import { chatOf, findChat } from "./chat-access.ts";
import type { CallbackPress, Context } from "./context.ts";
import { telegramLimits } from "./limits.ts";
import type { Parameters } from "./parameters.ts";
import { type Chat, isAdministrator, isMember, type Message } from "./world.ts";

/** The only person who sees a message being sent, and the message that it replaces for them. */
export interface EphemeralTarget {
  readonly personId: number;
  readonly replaces: Message | null;
}

const integer = (value: unknown): number | null =>
  typeof value === "number" || (typeof value === "string" && /^-?\d+$/.test(value)) ? Number(value) : null;

function asked(parameters: Parameters): { receiver: number | null; press: string | null; replace: boolean } | null {
  const given = parameters.object("ephemeral_message_parameters");
  if (given !== null) {
    return {
      receiver: integer(given.receiver_user_id),
      press: typeof given.callback_query_id === "string" ? given.callback_query_id : null,
      replace: given.replace_callback_query_message === true,
    };
  }
  const receiver = parameters.integer("receiver_user_id");
  return receiver === null ? null : { receiver, press: parameters.text("callback_query_id"), replace: false };
}

/** The ephemeral message that a reply names, among those that people sent to the bot. */
function repliedTo({ world }: Context, chat: Chat, parameters: Parameters): Message | null {
  const id = integer(parameters.object("reply_parameters")?.ephemeral_message_id);
  if (id === null) {
    return null;
  }
  const found = chat.messages.find(
    ({ ephemeral, deleted, fromId }) => ephemeral?.id === id && !deleted && fromId !== world.bot.id,
  );
  if (found === undefined) {
    throw badRequest("message to be replied not found");
  }
  return found;
}

/** Since 10.4 a reply may leave out the chat: it is that of the press, or of the message replied to. */
export function placeOfSend(context: Context, parameters: Parameters): Chat {
  if (parameters.text("chat_id") !== null || !serves(context.version, "10.4")) {
    return chatOf(context, parameters, "write");
  }
  const press = context.presses.get(asked(parameters)?.press ?? "");
  const elsewhere = parameters.object("reply_parameters")?.chat_id;
  const chat =
    press !== undefined
      ? (context.world.chats.get(press.message.chatId) ?? null)
      : isObject(elsewhere) || elsewhere === undefined
        ? null
        : findChat(context, String(elsewhere));
  return chat ?? chatOf(context, parameters, "write");
}

/** Telegram publishes no texts for these refusals. */
const refused = (why: string) => badRequest(`EPHEMERAL_MESSAGE_${why}`);

/**
 * Whether a send is ephemeral, and whether it is allowed: an administrator may always send one, another bot only within
 * 15 s of the press that it cites or of the ephemeral message that it replies to.
 */
export function ephemeralTarget(context: Context, parameters: Parameters, chat: Chat): EphemeralTarget | null {
  const wish = asked(parameters);
  const reply = repliedTo(context, chat, parameters);
  if (wish === null && reply === null) {
    return null;
  }
  if (chat.kind !== "group" && chat.kind !== "supergroup") {
    throw refused("CHAT_INVALID");
  }
  const press = wish?.press == null ? null : (context.presses.get(wish.press) ?? null);
  if (wish?.press != null && press === null) {
    throw badRequest("query is too old and response timeout expired or query ID is invalid");
  }
  const personId = wish?.receiver ?? press?.userId ?? (serves(context.version, "10.4") ? reply?.fromId : null) ?? null;
  if (personId === null || !isMember(chat, personId) || personId === context.world.bot.id) {
    throw refused("RECEIVER_INVALID");
  }
  const cited = citedAt(press, reply, personId, chat);
  const timely = cited !== null && context.clock.now() - cited <= telegramLimits.ephemeralAnswerMs;
  if (!timely && !isAdministrator(chat, context.world.bot.id)) {
    throw refused("FORBIDDEN");
  }
  if (wish?.replace === true && (press === null || press.message.ephemeral !== null)) {
    throw refused("REPLACE_INVALID");
  }
  return { personId, replaces: wish?.replace === true ? press!.message : null };
}

function citedAt(press: CallbackPress | null, reply: Message | null, personId: number, chat: Chat): number | null {
  if (press !== null && press.userId === personId && press.message.chatId === chat.id) {
    return press.at;
  }
  return reply !== null && reply.fromId === personId ? reply.createdAt : null;
}

/** The bot's own ephemeral message that an edit or a deletion names. */
export function ownEphemeral(context: Context, parameters: Parameters): Message {
  const chat = chatOf(context, parameters, "edit");
  const id = parameters.integer("ephemeral_message_id");
  const receiver = parameters.integer("receiver_user_id");
  const found = chat.messages.find(
    ({ ephemeral, deleted, fromId }) =>
      ephemeral?.id === id && ephemeral?.personId === receiver && !deleted && fromId === context.world.bot.id,
  );
  if (found === undefined) {
    throw badRequest("message to edit not found");
  }
  return found;
}
