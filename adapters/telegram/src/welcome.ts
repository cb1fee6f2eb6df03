import type { Caller } from "@toolcast/core";
import { budgetsOf } from "./api-failure.ts";
import type { TelegramContext } from "./context.ts";
import type { Address } from "./place.ts";
import { accessCommand, telegramName } from "./request-input.ts";
import { sentences } from "./sentences.ts";
import { withoutPreview } from "./show.ts";

/** What the bot can do for this person where they are, in their language. The commands can be tapped. */
export async function welcome({ api, outbox, runtime }: TelegramContext, caller: Caller): Promise<void> {
  const { locale, place } = caller;
  const { chat, thread } = place.address as Address;
  const commands = runtime.tools
    .filter((tool) => runtime.mayUse(tool, caller) && (!tool.operatorsOnly || runtime.isOperator(caller)))
    .map(({ command, title }) => `/${telegramName(command)} – ${title[locale]}`);
  if (runtime.isOperator(caller)) {
    commands.push(`/${accessCommand} – ${sentences.access[locale]}`);
  }
  const text = [sentences.welcome[locale], sentences.welcomeForms[locale], commands.join("\n")].join("\n\n");
  await outbox.send({ budgets: budgetsOf(chat), priority: "answer" }, () =>
    api.call("sendMessage", {
      ...{ chat_id: chat, text: text.slice(0, 4_096) },
      message_thread_id: thread,
      ...withoutPreview,
    }),
  );
}
