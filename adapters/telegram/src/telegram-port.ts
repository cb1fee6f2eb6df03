import type { Locale, Message, Place } from "@toolcast/core";
import {
  type Answer,
  type ChatPort,
  downloadFrom,
  type GivenInput,
  givenByMessage,
  type Opened,
  type ShowOptions,
  shorten,
} from "@toolcast/core/chat";
import { say } from "@toolcast/core/surface";
import { filesOfParts } from "./albums.ts";
import { type AloneTarget, fillAlone, nameAlone, openAlone, placeAlone, readAlone } from "./alone.ts";
import { budgetsOf, readFailure } from "./api-failure.ts";
import { lateMs } from "./backlog.ts";
import type { TelegramContext } from "./context.ts";
import { telegramLimits } from "./limits.ts";
import { copyLocalFile } from "./local-file.ts";
import { type Address, addressOf, userOf } from "./place.ts";
import { handOver, isForbiddenHere, keepForLater, sendNear } from "./private-chat.ts";
import { pointedAt } from "./request-input.ts";
import { sentences } from "./sentences.ts";
import { editMessage, placeOfSend, sendMessage } from "./show.ts";
import { inboundFileSchema } from "./update.ts";

/** The parts of an event that are needed later. */
export interface EventFacts {
  /** Telegram's id of the press to answer. */
  press?: string;
  /** The message pressed shows a file. */
  hasMedia?: boolean;
  /** Where its answer may be shown to its sender alone. */
  alone?: AloneTarget;
  /** Where the request was made, if it is answered elsewhere. */
  asked?: { chat: number; thread?: number; message?: number; alone?: AloneTarget };
}

/** In milliseconds. A local server loads the whole file before it answers. */
const getFileMs = 10 * 60_000;

/** Telegram as the kit sees it. */
export function createTelegramPort(context: TelegramContext): ChatPort {
  return {
    asksOneByOne: true,
    beginWithinMs: lateMs,
    limits: () => context.limits.surface,
    placeOf({ caller, message }) {
      const address = caller.place.address as Address;
      return { ...caller.place, address: { ...address, ...(message === undefined ? {} : { message }) } };
    },
    answerOf(place) {
      const address = addressOf(place);
      return address === null ? null : { id: address.event, message: address.message };
    },
    open: (answer) => open(context, answer),
    edit: (answer, message, options, priority) => editAnswer(context, answer, message, { ...options, priority }),
    editBudgets: ({ caller }) => budgetsOf(addressOf(caller.place)?.chat ?? 0),
    needsHandle: () => false,
    tell: (answer, message, options) => tell(context, answer, message, options),
    showPressed: (answer, message, options) => showPressed(context, answer, message, options),
    linkTo,
    file(given) {
      const { id, name, size, type } = inboundFileSchema.parse(given);
      return {
        name,
        size,
        type,
        async download(path, maxBytes) {
          const { file_path: at = "" } = await context.api.call("getFile", { file_id: id }, { timeoutMs: getFileMs });
          if (context.filesDirectory !== null) {
            await copyLocalFile(context.filesDirectory, at, path, maxBytes);
            return;
          }
          const url = context.api.fileAddress(at);
          await downloadFrom(context.http, { url, hosts: context.fileHosts })(path, maxBytes);
        },
      };
    },
    join(given: Pick<GivenInput, "input" | "files">, parts, tool) {
      return givenByMessage(tool, { files: pointedAt(filesOfParts(parts)) }, given);
    },
  };
}

/** A link to a message of a supergroup; other chats have none. */
function linkTo(place: Place, message: string): string | undefined {
  const { chat = 0, thread } = addressOf(place) ?? {};
  const id = /^-100(\d+)$/.exec(String(chat))?.[1];
  return id === undefined ? undefined : `https://t.me/c/${id}/${thread === undefined ? "" : `${thread}/`}${message}`;
}

async function open(context: TelegramContext, answer: Answer): Promise<Opened> {
  const { locale } = answer.caller.place.address as Address;
  const { alone, press } = (answer.facts ?? {}) as EventFacts;
  const shownAlone = alone === undefined || press !== undefined ? null : await openAlone(context, alone, locale);
  if (shownAlone !== null) {
    return { shown: true, message: nameAlone(shownAlone) };
  }
  try {
    const { caller, result } = await sendNear(context, answer.caller, ({ place }) => {
      const { chat, thread, request } = place.address as Address;
      return context.chats.request(chat, "answer", (chat_id) =>
        context.api.call("sendMessage", {
          ...{ chat_id, text: sentences.begun[locale], disable_notification: true },
          ...placeOfSend({ chat, thread, replyTo: request }),
        }),
      );
    });
    await answerPress(context, press);
    return { shown: true, message: String(result.message_id), ...(caller === answer.caller ? {} : { caller }) };
  } catch (error) {
    const failure = readFailure(error);
    context.logger.warn({ answer: answer.id, reason: failure.detail }, "a first answer was not shown");
    if (failure.kind === "refused") {
      await keepUnopened(context, answer);
    }
    return { shown: false, unclear: failure.kind !== "refused" };
  }
}

/**
 * For a person whom nothing reaches: keeps their request, and offers a link that continues it where they asked, or, if
 * the bot may not write there, the request itself once they write to the bot.
 */
async function keepUnopened(context: TelegramContext, { id, caller, facts, pending }: Answer): Promise<void> {
  if (pending === undefined) {
    return;
  }
  const { asked } = (facts ?? {}) as EventFacts;
  const { command, input, files } = pending;
  await context.forms.write(id, { command, input, files, private: caller.private ?? false, owner: caller.id });
  if (asked !== undefined) {
    await offerPrivate(context, asked, { form: id, locale: caller.locale });
    return;
  }
  const { chat, isPrivate } = caller.place.address as Address;
  if (!isPrivate) {
    await Promise.all([context.access.noteOrigin(id, chat), keepForLater(context, caller, id)]);
  }
}

/** Shows, where somebody asked, a link to their chat with the bot that continues with a stored form. */
export async function offerPrivate(
  { api, chats, bot, logger }: TelegramContext,
  asked: NonNullable<EventFacts["asked"]>,
  { form, locale }: { form: string; locale: Locale },
): Promise<void> {
  const url = `https://t.me/${bot.username}?start=${form}`;
  try {
    await chats.request(asked.chat, "answer", (chat_id) =>
      api.call("sendMessage", {
        ...{ chat_id, text: sentences.continueDirect[locale] },
        ...(asked.alone === undefined ? placeOfSend({ ...asked, replyTo: asked.message }) : placeAlone(asked.alone)),
        reply_markup: { inline_keyboard: [[{ text: sentences.openDirectButton[locale], url }]] },
      }),
    );
  } catch (error) {
    logger.info({ reason: readFailure(error).detail }, "the request to open a chat could not be sent");
  }
}

/** Edits a first answer, at any time; null when there is none. The caller holds the answer's lane. */
async function editAnswer(
  context: TelegramContext,
  answer: Answer,
  message: Message,
  { priority, ...options }: ShowOptions & { priority: "result" | "progress" },
): Promise<string | null> {
  const { chat, thread } = answer.caller.place.address as Address;
  if (answer.message === undefined) {
    return null;
  }
  const alone = readAlone(answer.message);
  if (alone !== null) {
    await fillAlone(context, alone, message, { ...options, priority });
    return answer.message;
  }
  void context.workSigns.follow(answer, message).catch(() => {});
  if (await context.workSigns.showsGrowth(answer, message)) {
    return answer.message;
  }
  const hasMedia = answer.shown?.media ?? (answer.facts as EventFacts | undefined)?.hasMedia ?? false;
  const at = { chat, thread, message: Number(answer.message) };
  try {
    if (await editMessage(context, at, message, { ...options, priority, hasMedia })) {
      return answer.message;
    }
    await sendMessage(context, { chat, thread, replyTo: at.message, noteAs: answer.id }, message, options);
    const below: Message = {
      tone: message.tone,
      title: say({ key: "answer.result-below" }, options.locale),
      private: message.private,
    };
    await editMessage(context, at, below, { locale: options.locale, priority, hasMedia });
  } catch (error) {
    if (!isForbiddenHere(error)) {
      throw error;
    }
    await handOver(context, { asker: answer.caller, at: { ...at, noteAs: answer.id } }, message, options);
  }
  return answer.message;
}

/** Shown only to the person who pressed: in an alert if it fits, otherwise in their chat with the bot. */
async function tell(context: TelegramContext, answer: Answer, message: Message, options: ShowOptions): Promise<void> {
  const { press } = (answer.facts ?? {}) as EventFacts;
  const text = [message.title, ...(message.lines ?? [])].join("\n");
  const isPlain = !message.media?.length && !message.actions?.length && !message.fields?.length;
  if (press !== undefined && isPlain && !options.buttons?.length && text.length <= telegramLimits.alertCharacters) {
    await answerPress(context, press, text);
    return;
  }
  const chat = userOf(answer.caller.id);
  const { alone } = (answer.facts ?? {}) as EventFacts;
  const shownAlone = alone?.press === undefined ? null : await openAlone(context, alone, options.locale);
  try {
    await (shownAlone === null
      ? sendMessage(context, { chat }, message, options)
      : fillAlone(context, shownAlone, message, { ...options, priority: "result" }));
    await answerPress(context, press);
  } catch (error) {
    const isClosed = readFailure(error).kind === "refused";
    await answerPress(context, press, isClosed ? sentences.openDirect[options.locale] : undefined);
    throw error;
  }
}

/** Ends the loading state that clients show after a press, with an alert if there is a text. */
export async function answerPress(
  { api, outbox, logger }: Pick<TelegramContext, "api" | "outbox" | "logger">,
  press: string | undefined,
  text?: string,
): Promise<void> {
  if (press === undefined) {
    return;
  }
  const alert =
    text === undefined ? {} : { text: shorten(text, telegramLimits.alertCharacters), show_alert: true as const };
  try {
    await outbox.send({ priority: "answer" }, () =>
      api.call("answerCallbackQuery", { callback_query_id: press, ...alert }),
    );
  } catch (error) {
    // Too late for Telegram; what the press did stays done.
    logger.debug({ reason: readFailure(error).detail }, "a press could not be answered");
  }
}

/** In the message that was pressed. One that shows a result is kept, and the news is sent as a message below it. */
async function showPressed(
  context: TelegramContext,
  answer: Answer,
  message: Message,
  options: ShowOptions,
): Promise<void> {
  const { hasMedia, press } = (answer.facts ?? {}) as EventFacts;
  await answerPress(context, press);
  const { chat, thread } = answer.caller.place.address as Address;
  if (hasMedia || answer.message === undefined) {
    const replyTo = answer.message === undefined ? undefined : Number(answer.message);
    const at = { chat, thread, replyTo, noteAs: answer.id };
    try {
      await sendMessage(context, at, message, options);
    } catch (error) {
      if (!isForbiddenHere(error)) {
        throw error;
      }
      await handOver(context, { asker: answer.caller, at }, message, options);
    }
    return;
  }
  await editAnswer(context, answer, message, { ...options, priority: "result" });
}
