import type { Caller, Message } from "@toolcast/core";
import type { ChatEvent, EventWays, FormToOpen, ShowOptions } from "@toolcast/core/chat";
import { sleep } from "@toolcast/core/engine";
import { type AloneTarget, fillAlone, openAlone } from "./alone.ts";
import { readFailure } from "./api-failure.ts";
import { isOfTelegram } from "./bot-api.ts";
import type { TelegramChat, TelegramContext } from "./context.ts";
import { ask } from "./dialogue.ts";
import { telegramLimits } from "./limits.ts";
import { type Address, inPrivate, userOf } from "./place.ts";
import { keepForLater, sendNear } from "./private-chat.ts";
import { retirePressed } from "./retire-buttons.ts";
import { sendMessage } from "./show.ts";
import { answerPress, type EventFacts, offerPrivate } from "./telegram-port.ts";
import type { InboundPress } from "./update.ts";

/** An incoming update. */
export interface Taking {
  context: TelegramContext;
  /** Its event id, distinct for each bot. */
  id: string;
  /** The earliest time at which it may have been sent if it does not say so itself, epoch milliseconds. */
  since: number;
  /**
   * Gives the event to the kit; resolves when it is stored, or when nothing more needs to be done about it. Rejects
   * otherwise.
   */
  take(event: ChatEvent): Promise<void>;
  /**
   * Sends an answer to Telegram, again if it certainly or possibly was not sent. Resolves when it has arrived, or after
   * so long that the next updates of its chat should not wait for it.
   */
  tell(send: () => Promise<void>): Promise<void>;
  /** Set for a message that the others in its group do not see. */
  alone?: AloneTarget;
  /** Keeps the update stored until this work has ended. */
  follow(work: Promise<void>): void;
  stored: PromiseWithResolvers<void>;
}

/** The longest the next updates of a chat wait for Telegram to take an answer, in milliseconds. */
const patienceMs = 5_000;
/** Some five minutes altogether, unless Telegram asks for more. */
const again = { tries: 10, afterMs: 1_000, longestMs: 60_000 };

/** `rest` collects work that is still under way when the next update may be handled. */
export function takingOf({
  context,
  chat,
  id,
  since,
  rest,
}: TelegramChat & Pick<Taking, "id" | "since"> & { rest: Promise<void>[] }): Taking {
  const stored = Promise.withResolvers<void>();
  const follow = (work: Promise<void>) => {
    rest.push(work);
    chat.follow(id, work);
  };
  return {
    ...{ context, id, since, stored, follow },
    take(event) {
      chat.take(event);
      return stored.promise;
    },
    async tell(send) {
      const patience = new AbortController();
      const work = insist(context, send);
      follow(work);
      await Promise.race([work, sleep(context.clock, patienceMs, patience.signal).catch(() => {})]).finally(() =>
        patience.abort(),
      );
    },
  };
}

/** Repeats what may not have been sent. Nothing else would: the update it answers does not come again. */
async function insist({ clock }: TelegramContext, send: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await send();
    } catch (error) {
      const failure = readFailure(error);
      if (!isOfTelegram(error) || failure.kind === "refused" || tries >= again.tries) {
        throw error;
      }
      const askedMs = "afterMs" in failure ? failure.afterMs : 0;
      await sleep(clock, Math.min(Math.max(again.afterMs * 2 ** tries, askedMs), again.longestMs));
    }
  }
}

/**
 * `pressed`: set when a button press is answered. `asked`: where the request was made, if it is answered in a private
 * chat that may not exist yet.
 */
export function waysOf(taking: Taking, caller: Caller, pressed?: InboundPress, asked?: EventFacts["asked"]): EventWays {
  const { context, stored, tell } = taking;
  const press = pressed?.id;
  const refuse: EventWays["refuse"] = async (message, options) => {
    if (press === undefined) {
      return answer(taking, caller, message, options);
    }
    if (!options.buttons?.length && message.title.length <= telegramLimits.alertCharacters) {
      return answerPress(context, press, message.title);
    }
    await answerPress(context, press);
    return answer(taking, caller, message, options);
  };
  const orOffer = async (form: string, work: Promise<unknown>): Promise<void> => {
    try {
      await work;
    } catch (error) {
      if (asked === undefined || readFailure(error).kind !== "refused") {
        throw error;
      }
      await offerPrivate(context, asked, { form, locale: caller.locale });
    }
  };
  return {
    acknowledge: async () => stored.resolve(),
    notTaken: (error) => stored.reject(error),
    openForm: (form) =>
      Object.keys(form.tool.input).length === 0
        ? null
        : tell(() => orOffer(form.id, Promise.all([askNear(context, caller, form), answerPress(context, press)]))),
    refuse: (message, options) => tell(() => orOffer(taking.id, refuse(message, options))),
    buttonGone: () => pressed && retirePressed(context, pressed, (data) => data === pressed.data),
  };
}

export function warn(taking: Taking, caller: Caller, title: string): Promise<void> {
  return taking.tell(() => answer(taking, caller, { tone: "warning", title, private: false }));
}

/** A text in the conversation, as a reply to the message it is about; to its sender alone if the others do not see it. */
export async function answer(
  { context, alone }: Pick<Taking, "context" | "alone">,
  caller: Caller,
  message: Message,
  options: ShowOptions = { locale: caller.locale },
): Promise<void> {
  const shownAlone = alone === undefined ? null : await openAlone(context, alone, options.locale);
  if (shownAlone !== null) {
    return fillAlone(context, shownAlone, message, { ...options, priority: "result" });
  }
  const fitted = await context.runtime.fit(message, context.limits.surface, caller.locale);
  await sendNear(context, alone === undefined ? caller : inPrivate(caller), ({ place }) => {
    const { chat, thread, request } = place.address as Address;
    const replyTo = chat === userOf(caller.id) ? undefined : request;
    return sendMessage(context, { chat, thread, replyTo, priority: "answer" }, fitted, options);
  });
}

/** Asks for an input where its asker is, or in their own chat, or once they write to the bot. */
async function askNear(context: TelegramContext, asker: Caller, form: FormToOpen): Promise<void> {
  const { chat, isPrivate } = asker.place.address as Address;
  try {
    const { caller } = await sendNear(context, asker, (there) => ask(context, there, form));
    if (caller !== asker) {
      await Promise.all([context.access.noteOrigin(form.id, chat), context.forms.ask(caller, form.id)]);
    }
  } catch (error) {
    if (!isPrivate && readFailure(error).kind === "refused") {
      await Promise.all([context.access.noteOrigin(form.id, chat), keepForLater(context, asker, form.id)]);
    }
    throw error;
  }
}
