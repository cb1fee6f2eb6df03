import type { Caller } from "@toolcast/core";
import { buttonRows, shorten, truncate } from "@toolcast/core/chat";
import { say } from "@toolcast/core/surface";
import { accessButton } from "./ask-access.ts";
import type { TelegramContext } from "./context.ts";
import { inert } from "./formatted-text.ts";
import { telegramLimits } from "./limits.ts";
import type { Address } from "./place.ts";
import { sentences } from "./sentences.ts";
import { withoutPreview } from "./show.ts";
import { answerPress } from "./telegram-port.ts";
import type { InboundPress } from "./update.ts";

const listedAtOnce = 10;

/** Shows an operator who was let in, with a button to end it; with an id, that person or chat alone. */
export async function showAccess(context: TelegramContext, caller: Caller, rest: string): Promise<void> {
  const { chat } = caller.place.address as Address;
  const id = /^\s*(-?\d{1,20})\s*$/.exec(rest)?.[1];
  const shown = id === undefined ? await listPage(context, caller, 0) : await one(context, caller, Number(id));
  await context.chats.request(chat, "answer", (chat_id) =>
    context.api.call("sendMessage", { chat_id, ...shown, ...withoutPreview }),
  );
}

/** Shows another page in the list that was pressed; also after a press has ended somebody's access. */
export async function turnPage(
  context: TelegramContext,
  caller: Caller,
  page: number,
  { id, message }: InboundPress,
): Promise<void> {
  await answerPress(context, id);
  if (message) {
    const shown = await listPage(context, caller, page);
    await context.chats.request(message.chat.id, "result", (chat_id) =>
      context.api.call("editMessageText", { chat_id, message_id: message.message_id, ...shown, ...withoutPreview }),
    );
  }
}

async function listPage({ access, groups }: TelegramContext, { locale }: Caller, wanted: number) {
  const [all, titles] = await Promise.all([access.list(), groups.list()]);
  const pages = Math.max(1, Math.ceil(all.length / listedAtOnce));
  const page = Math.min(Math.max(wanted, 0), pages - 1);
  const listed = all.slice(page * listedAtOnce, (page + 1) * listedAtOnce).map(({ id, name }) => ({
    id,
    name: titles.find((group) => group.id === id)?.title ?? name ?? String(id),
  }));
  const lines = listed.map(({ id, name }) => `${name} (${id})`);
  const text = [sentences[all.length === 0 ? "nobodyHasAccess" : "haveAccess"][locale], ...lines].join("\n");
  const turns = [page - 1, page + 1]
    .filter((other) => other >= 0 && other < pages)
    .map((other) => accessButton(sentences[other < page ? "earlierPage" : "laterPage"][locale], "access-page", other));
  const ends = listed.map(({ id, name }) =>
    accessButton(
      shorten(say(sentences.endAccess, locale, { name }), telegramLimits.buttonLabelCharacters),
      "end-access",
      id,
    ),
  );
  return {
    text: inert(truncate(text, telegramLimits.textCharacters - 200)),
    reply_markup: { inline_keyboard: [...buttonRows(ends, 1), ...(turns.length > 0 ? [turns] : [])] },
  };
}

async function one({ access }: TelegramContext, { locale }: Caller, id: number) {
  const name = (await access.applicant(id))?.name ?? String(id);
  const isIn = await access.isGranted(id);
  const button = isIn
    ? accessButton(say(sentences.endAccess, locale, { name }), "end-access", id)
    : accessButton(sentences.letIn[locale], "let-in", id);
  return {
    text: inert(say(sentences[isIn ? "hasAccess" : "hasNoAccess"], locale, { name, id: String(id) })),
    reply_markup: { inline_keyboard: [[button]] },
  };
}
