import type { Json } from "@toolcast/core";
import {
  type Answer,
  answerLane,
  closedRoute,
  deliverBy,
  directBy,
  type Sending,
  showsOther,
} from "@toolcast/core/chat";
import type { Delivery, SendEnd } from "@toolcast/core/surface";
import { readAlone } from "./alone.ts";
import type { TelegramChat } from "./context.ts";
import { type Address, addressOf, userOf } from "./place.ts";
import { showWithoutFiles } from "./private-chat.ts";
import { sentences } from "./sentences.ts";
import { editMessage, placeOfSend, sendMessage, type Target } from "./show.ts";

/** Our own record of a delivery that was sent: Telegram does not let a bot read its messages. */
export async function find({ context, chat }: TelegramChat, delivery: Delivery): Promise<{ receipt?: Json } | null> {
  const answer = await chat.answerOf(delivery);
  const chatId = addressOf(delivery.place)?.chat;
  if (answer?.shown?.delivery === delivery.id && chatId !== undefined) {
    return { receipt: { chat: chatId, message: answer.message ?? null } };
  }
  const sent = await context.notes.unseenSendOf(delivery.id);
  return sent?.message === undefined ? null : { receipt: { chat: Number(sent.channel), message: sent.message } };
}

type RouteSending = Sending<TelegramChat, Address>;

/** Sends a delivery by one route. A private message is never sent to a group. */
export const deliver = deliverBy<TelegramChat, Address>(addressOf, {
  edit: unlessShared(edit),
  post: unlessShared(post),
  direct: async (sending) => (userOf(sending.delivery.asker) === sending.address.chat ? nothingNew : toAsker(sending)),
});

/** By now the reason why nothing can be sent to the conversation is known. */
const nothingNew: SendEnd = { end: "closed" };

/** In the asker's chat with the bot, which is another one. */
const toAsker = directBy<TelegramChat, Address, number>({
  open: async ({ delivery }) => userOf(delivery.asker),
  isElsewhere: () => true,
  send: async (sending, chat) => sent(chat, await sendNoted(sending, { chat })),
  showInstead: showLinks,
});

function unlessShared(send: (sending: RouteSending) => Promise<SendEnd>): typeof send {
  return async (sending) =>
    sending.delivery.message.private && !sending.address.isPrivate
      ? closedRoute("sending.not-allowed", sending)
      : send(sending);
}

/** Into the first answer, however late: repeating an edit adds no second message. */
async function edit(sending: RouteSending): Promise<SendEnd> {
  const { context, delivery, address, chat } = sending;
  return context.outbox.inLane(answerLane(sending.answer), async () => {
    const answer = (await context.answers.read(sending.answer.id)) ?? sending.answer;
    const { message, shown } = answer;
    // It is unknown whether a message for one member alone was received, so no result depends on it.
    if (message === undefined || readAlone(message) !== null || showsOther(answer, delivery)) {
      return closedRoute("sending.answer-closed", sending);
    }
    const at = { chat: address.chat, thread: address.thread, message: Number(message) };
    const options = { locale: address.locale, priority: "result", hasMedia: shown?.media ?? false } as const;
    if (!(await editMessage(context, at, delivery.message, options))) {
      return closedRoute("sending.answer-closed", sending);
    }
    await chat.shown(answer.id, delivery, message);
    // Nothing but a message ends a draft that is still shown.
    await sayChanged(sending, answer, at, context.workSigns.hasDraft(delivery.message.jobId));
    return sent(address.chat, message);
  });
}

async function sayChanged(
  { context, chat, delivery, address: { locale } }: RouteSending,
  answer: Answer,
  { message: replyTo, ...at }: Target & { message: number },
  endsDraft: boolean,
): Promise<void> {
  await chat.tellChanged(delivery, answer, {
    ...{ locale, conversation: String(at.chat), always: endsDraft },
    async send({ message: { tone } }) {
      const text = sentences[tone === "success" ? "ready" : "seeAbove"][locale];
      const priority = endsDraft ? "result" : "progress";
      const { message_id: message } = await context.chats.request(at.chat, priority, (chat_id) =>
        context.api.call("sendMessage", { chat_id, text, ...placeOfSend({ ...at, replyTo }) }),
      );
      return { id: String(message) };
    },
  });
}

/** A message in the conversation that replies to the one that asked. */
async function post(sending: RouteSending): Promise<SendEnd> {
  const { address, answer, delivery, chat } = sending;
  const replyTo = address.request ?? (Number(answer.message) || undefined);
  const message = await sendNoted(sending, { chat: address.chat, thread: address.thread, replyTo });
  await chat.tellElsewhere(delivery, { below: message }, address.locale);
  return sent(address.chat, message);
}

/**
 * The last resort in a group, when not even the asker's own chat takes the result: its text, with links to its files or
 * else a button that opens that chat. Null unless everything is there.
 */
async function showLinks({ context, delivery, address, answer, chat }: RouteSending): Promise<SendEnd | null> {
  const { message } = answer;
  if (
    delivery.message.private ||
    message === undefined ||
    readAlone(message) !== null ||
    showsOther(answer, delivery)
  ) {
    return null;
  }
  const at = { chat: address.chat, thread: address.thread, message: Number(message) };
  return context.outbox.inLane(answerLane(answer), async () => {
    const isWhole = await showWithoutFiles(context, { asker: answer.caller, at }, delivery.message, {
      locale: address.locale,
    });
    if (!isWhole) {
      return null;
    }
    await chat.shown(answer.id, delivery, message);
    return sent(address.chat, message);
  });
}

/** New messages and albums are sent again when it is unknown whether they arrived, unless we have a record of them. */
async function sendNoted({ context, delivery, options }: RouteSending, target: Target): Promise<string> {
  const { outbox, notes } = context;
  const known = await notes.unseenSendOf(delivery.id);
  if (known?.message !== undefined && known.channel === String(target.chat)) {
    return known.message;
  }
  const { id } = await outbox.inLane(`chat:${target.chat}`, () =>
    notes.sendUnseen(delivery.id, String(target.chat), async () => {
      return { id: String(await sendMessage(context, { ...target, noteAs: delivery.id }, delivery.message, options)) };
    }),
  );
  return id;
}

function sent(chat: number, message: string): SendEnd {
  return { end: "sent", receipt: { chat, message } };
}
