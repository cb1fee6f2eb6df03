import type { Caller, Message } from "@toolcast/core";
import type { ShowOptions } from "@toolcast/core/chat";
import { say } from "@toolcast/core/surface";
import { budgetsOf, readFailure } from "./api-failure.ts";
import { type Composed, compose } from "./compose.ts";
import type { TelegramContext } from "./context.ts";
import { addressOf, userOf } from "./place.ts";
import { sentences } from "./sentences.ts";
import { sendMessage, unlessSame, withoutPreview } from "./show.ts";
import type { InboundMessage } from "./update.ts";

/**
 * Messages in a group that only one member sees (Bot API 10.2: ephemeral). Telegram guarantees nobody's receipt, so
 * they answer only what can be asked again for nothing; the private chat takes everything else.
 */
export interface AloneMessage {
  chat: number;
  receiver: number;
  /** Of its own count: such messages have no ordinary id. */
  id: number;
}

/** Who may be shown something alone, and why Telegram allows it. */
export interface AloneTarget {
  chat: number;
  thread?: number | undefined;
  receiver: number;
  /** Their ephemeral command, at most 15 seconds old. */
  command?: number;
  /** Their press, at most 15 seconds old. */
  press?: string;
}

/** Where a message for its sender alone may be shown in a group. */
export function asAlone(
  caller: Caller,
  { chat, ephemeral_message_id: command }: Pick<InboundMessage, "chat" | "ephemeral_message_id">,
): AloneTarget {
  const thread = addressOf(caller.place)?.thread;
  return { chat: chat.id, thread, receiver: userOf(caller.id), command };
}

/** As the name of a first answer's message. */
export function nameAlone({ chat, receiver, id }: AloneMessage): string {
  return `alone/${chat}/${receiver}/${id}`;
}

/** Null for the name of an ordinary message. */
export function readAlone(name: string | undefined): AloneMessage | null {
  const [, chat, receiver, id] = /^alone\/(-?\d+)\/(\d+)\/(\d+)$/.exec(name ?? "") ?? [];
  return id === undefined ? null : { chat: Number(chat), receiver: Number(receiver), id: Number(id) };
}

/** Where a message for one member alone goes, and why it may. */
export function placeAlone({ thread, receiver, command, press }: AloneTarget) {
  return {
    message_thread_id: thread,
    ephemeral_message_parameters: {
      receiver_user_id: receiver,
      ...(press === undefined ? {} : { callback_query_id: press }),
    },
    ...(command === undefined ? {} : { reply_parameters: { ephemeral_message_id: command } }),
  };
}

/**
 * Shows an empty first answer to one member alone; null where that is not possible or would take room from results,
 * or when it is unknown whether it is shown. It holds nothing private: a server that does not know such messages would show
 * it to everybody.
 */
export async function openAlone(
  context: TelegramContext,
  target: AloneTarget,
  locale: ShowOptions["locale"],
): Promise<AloneMessage | null> {
  const { chat, receiver } = target;
  const { api, chats, logger, outbox } = context;
  try {
    // It takes two requests of the few a group accepts in a minute, which results need more.
    const aMinute = budgetsOf(await chats.idOf(chat)).filter(({ windowMs = 0 }) => windowMs >= 60_000);
    if (!outbox.hasRoom(aMinute)) {
      return null;
    }
    const { message_id, ephemeral_message_id: id } = await chats.request(chat, "answer", (chat_id) =>
      api.call("sendMessage", {
        ...{ chat_id, text: sentences.begun[locale], disable_notification: true },
        ...placeAlone(target),
      }),
    );
    if (id !== undefined) {
      return { chat, receiver, id };
    }
    await chats.request(chat, "answer", (chat_id) => api.call("deleteMessage", { chat_id, message_id }));
  } catch (error) {
    logger.info({ reason: readFailure(error).detail }, "a message for one member alone could not be shown");
  }
  return null;
}

/**
 * Replaces it with a message. Files go to the receiver's own chat; if there is none yet, the message is shown without
 * them.
 */
export async function fillAlone(
  context: TelegramContext,
  alone: AloneMessage,
  message: Message,
  options: ShowOptions & { priority: "result" | "progress" },
): Promise<void> {
  const { locale, priority } = options;
  const whole = await compose(context, message, options);
  if (whole.media.length === 0 && whole.textFiles.length === 0) {
    await editAlone(context, alone, whole, priority);
    return;
  }
  try {
    await sendMessage(context, { chat: alone.receiver }, message, options);
  } catch (error) {
    if (readFailure(error).kind !== "refused") {
      throw error;
    }
    const text = await compose(context, message, { ...options, withoutFiles: true });
    await editAlone(context, alone, text, priority);
    return;
  }
  const title = say({ key: "answer.result-direct" }, locale);
  await editAlone(
    context,
    alone,
    await compose(context, { tone: message.tone, title, private: true }, { locale }),
    priority,
  );
}

async function editAlone(
  { api, chats }: TelegramContext,
  { chat, receiver: receiver_user_id, id: ephemeral_message_id }: AloneMessage,
  { text, keyboard }: Composed,
  priority: "result" | "progress",
): Promise<void> {
  await chats.request(chat, priority, (chat_id) =>
    unlessSame(() =>
      api.call("editEphemeralMessageText", {
        ...{ chat_id, receiver_user_id, ephemeral_message_id, ...text, ...withoutPreview },
        ...(keyboard === undefined ? {} : { reply_markup: keyboard }),
      }),
    ),
  );
}
