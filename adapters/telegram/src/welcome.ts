import type { Caller } from "@toolcast/core";
import { truncate } from "@toolcast/core/chat";
import type { TelegramContext } from "./context.ts";
import { telegramLimits } from "./limits.ts";
import type { Address } from "./place.ts";
import { offerKept, sendNear } from "./private-chat.ts";
import { accessCommand, telegramName } from "./request-input.ts";
import { sentences } from "./sentences.ts";
import { withoutPreview } from "./show.ts";

/** What the bot can do for this person where they are, in their language. The commands can be tapped. */
export async function welcome(context: TelegramContext, caller: Caller): Promise<void> {
  const { runtime } = context;
  const { locale } = caller;
  const commands = runtime.tools
    .filter((tool) => runtime.mayUse(tool, caller) && (!tool.operatorsOnly || runtime.isOperator(caller)))
    .map(({ command, title }) => `/${telegramName(command)} – ${title[locale]}`);
  if (runtime.isOperator(caller)) {
    commands.push(`/${accessCommand} – ${sentences.access[locale]}`);
  }
  const text = [sentences.welcome[locale], sentences.welcomeForms[locale], commands.join("\n")].join("\n\n");
  await sendNear(context, caller, ({ place }) => {
    const { chat, thread } = place.address as Address;
    return context.chats.request(chat, "answer", (chat_id) =>
      context.api.call("sendMessage", {
        ...{ chat_id, text: truncate(text, telegramLimits.textCharacters) },
        message_thread_id: thread,
        ...withoutPreview,
      }),
    );
  });
  if ((caller.place.address as Address).isPrivate) {
    await offerKept(context, caller);
  }
}
