import type { Caller, Message } from "@toolcast/core";
import type { ChatEvent, EventWays, ShowOptions } from "@toolcast/core/chat";
import type { TelegramContext } from "./context.ts";
import { ask } from "./dialogue.ts";
import { telegramLimits } from "./limits.ts";
import { type Address, userOf } from "./place.ts";
import { retirePressed } from "./retire-buttons.ts";
import { sendMessage } from "./show.ts";
import { answerPress } from "./telegram-port.ts";
import type { InboundPress } from "./update.ts";

/** An incoming update. */
export interface Taking {
  context: TelegramContext;
  /** Its event id, distinct for each bot. */
  id: string;
  /**
   * Gives the event to the kit; resolves when it is stored, or when nothing more needs to be done about it. Rejects
   * otherwise.
   */
  take(event: ChatEvent): Promise<void>;
  /**
   * Sends an answer to Telegram. Resolves when it has arrived, or after so long that the next updates should not wait
   * for it.
   */
  tell(work: Promise<void>): Promise<void>;
  /** Makes the end of the process wait for work in the background. */
  follow(work: Promise<void>): void;
  stored: PromiseWithResolvers<void>;
}

/** `pressed`: set when a button press is answered. */
export function waysOf(taking: Taking, caller: Caller, pressed?: InboundPress): EventWays {
  const { context, stored, tell } = taking;
  const press = pressed?.id;
  const refuse: EventWays["refuse"] = async (message, options) => {
    if (press === undefined) {
      return answer(context, caller, message, options);
    }
    if (!options.buttons?.length && message.title.length <= telegramLimits.alertCharacters) {
      return answerPress(context, press, message.title);
    }
    await answerPress(context, press);
    return answer(context, caller, message, options);
  };
  return {
    acknowledge: async () => stored.resolve(),
    notTaken: (error) => stored.reject(error),
    openForm: (form) =>
      Object.keys(form.tool.input).length === 0
        ? null
        : tell(Promise.all([ask(context, caller, form), answerPress(context, press)]).then(() => {})),
    refuse: (message, options) => tell(refuse(message, options)),
    buttonGone: () => pressed && retirePressed(context, pressed, (data) => data === pressed.data),
  };
}

export function warn({ context, tell }: Taking, caller: Caller, title: string): Promise<void> {
  return tell(answer(context, caller, { tone: "warning", title, private: false }));
}

/** A text in the conversation, as a reply to the message it is about. */
export async function answer(
  context: TelegramContext,
  caller: Caller,
  message: Message,
  options: ShowOptions = { locale: caller.locale },
): Promise<void> {
  const { chat, thread, request } = caller.place.address as Address;
  const fitted = await context.runtime.fit(message, context.limits.surface, caller.locale);
  await sendMessage(
    context,
    { chat, thread, replyTo: chat === userOf(caller.id) ? undefined : request, priority: "answer" },
    fitted,
    options,
  );
}
