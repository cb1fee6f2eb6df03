import type { Caller } from "@toolcast/core";
import { type ButtonId, jobOfButton, readButtonId, receiptOf, startsWork } from "@toolcast/core/chat";
import { turnPage } from "./access-list.ts";
import { asAlone, nameAlone } from "./alone.ts";
import { answerAccessPress, askedForAccess } from "./ask-access.ts";
import type { TelegramContext } from "./context.ts";
import { dialogueActions, questionOf } from "./dialogue.ts";
import { takeDialoguePress } from "./dialogue-press.ts";
import { refusedStart } from "./may-start.ts";
import { addressOf, callerOf, inPrivate } from "./place.ts";
import { sentences } from "./sentences.ts";
import { type Taking, waysOf } from "./taking.ts";
import { answerPress, type EventFacts } from "./telegram-port.ts";
import { fileOf, type InboundMessage, type InboundPress } from "./update.ts";

type Where = Pick<InboundMessage, "chat" | "message_id" | "message_thread_id" | "is_topic_message">;

/** Whoever has lost their access may still end what is theirs. */
const alwaysAllowed = ["cancel", "leave"];
const agreeAction = "release";

export async function takePress(taking: Taking, press: InboundPress): Promise<void> {
  const { context, take, id } = taking;
  const { message, data } = press;
  const button = data ? readButtonId(data) : null;
  const where = await placeOf(context, press, button);
  const roles = await context.admins.rolesOf(where.chat.id, press.from.id);
  const there = { ...callerOf(id, press.from, where), roles };
  const shownAlone = message?.ephemeral_message_id;
  // A message shown to one member alone must not lead to anything that the others see.
  const caller = shownAlone === undefined ? there : inPrivate(there);
  const facts: EventFacts = {
    press: press.id,
    ...(where.chat.type === "private" ? {} : { alone: { ...asAlone(there, { chat: where.chat }), press: press.id } }),
    ...(message && (fileOf(message) !== null || message.rich_message !== undefined) ? { hasMedia: true } : {}),
  };
  const base = { id, caller, ways: waysOf(taking, caller, press), facts: facts as Record<string, never> };
  if (button === null) {
    return take({ ...base, event: "gone" });
  }
  if (Object.hasOwn(dialogueActions, button.action)) {
    return takeDialoguePress(taking, caller, press);
  }
  if (button.action === "access-page" && context.access.isOperator(caller)) {
    return taking.tell(() => turnPage(context, caller, Number(button.subject), press));
  }
  if (askedForAccess(button)) {
    return taking.tell(() => answerAccessPress(context, caller, button, press));
  }
  const form = await formOfJob(context, there, button);
  const mayPress = alwaysAllowed.includes(button.action) || (await context.access.has(there, form));
  if (!mayPress) {
    return taking.tell(() => answerPress(context, press.id, sentences.noAccess[caller.locale]));
  }
  // Agreeing completes the request; anything else begins a new one where it is pressed.
  const completes = button.action === agreeAction ? { form } : {};
  if (startsWork(button.action) && (await refusedStart(taking, there, { press, ...completes })) !== null) {
    return;
  }
  const name =
    shownAlone === undefined
      ? where.message_id > 0
        ? String(where.message_id)
        : undefined
      : nameAlone({ chat: where.chat.id, receiver: press.from.id, id: shownAlone });
  const taken = async () => ({ shown: true as const });
  await take({
    ...{ ...base, event: "press", press: button, taken },
    requestFacts: { press: press.id },
    message: name,
  });
}

/** The form or command with which somebody asked for their job: the access of the group in which they did so counts. */
async function formOfJob({ runtime }: TelegramContext, presser: Caller, button: ButtonId): Promise<string | undefined> {
  const job = await jobOfButton(runtime, button, presser);
  return job?.caller.id === presser.id ? receiptOf(job.acknowledgement)?.answer : undefined;
}

/**
 * Where the pressed message is. Telegram may leave it out, or all of it but the chat; what the button belongs to then
 * tells, because a group's access and a dialogue hold only where they began.
 */
async function placeOf(context: TelegramContext, press: InboundPress, button: ButtonId | null): Promise<Where> {
  const { message, from } = press;
  if (message && message.date !== 0) {
    return message;
  }
  const own: Where = { chat: { id: from.id, type: "private" }, message_id: 0 };
  const known = button === null ? null : await placeOfButton(context, callerOf("", from, own), button);
  if (!message) {
    return known ?? own;
  }
  return known?.chat.id === message.chat.id ? { ...known, ...message } : message;
}

async function placeOfButton(context: TelegramContext, presser: Caller, button: ButtonId): Promise<Where | null> {
  if (Object.hasOwn(dialogueActions, button.action)) {
    const [form = ""] = button.subject.split(".");
    const question = await questionOf(context, form);
    return question && whereOf(question.chat, question.thread, question.message);
  }
  const job = await jobOfButton(context.runtime, button, presser);
  const address = job && addressOf(job.caller.place);
  if (!job || !address) {
    return null;
  }
  const message = Number(receiptOf(job.acknowledgement)?.message ?? address.message);
  return whereOf(address.chat, address.thread, Number.isSafeInteger(message) ? message : 0);
}

function whereOf(chat: number, thread: number | undefined, message: number): Where {
  const type = chat < 0 ? "supergroup" : "private";
  const place = { chat: { id: chat, type }, message_id: message };
  return thread === undefined ? place : { ...place, message_thread_id: thread, is_topic_message: true };
}
