import type { Caller, Message } from "@toolcast/core";
import { correctAction, reachableLink, type SendReason, type ShowOptions } from "@toolcast/core/chat";
import { say } from "@toolcast/core/surface";
import { isAboutFile, readFailure } from "./api-failure.ts";
import type { TelegramContext } from "./context.ts";
import { inert } from "./formatted-text.ts";
import { telegramLimits } from "./limits.ts";
import { type Address, inPrivate, userOf } from "./place.ts";
import { toolNamed } from "./request-input.ts";
import { sentences } from "./sentences.ts";
import { editMessage, sendMessage, type Target, withoutPreview } from "./show.ts";

/** Refusals of a place and not of a message: the bot may not write there, or the place is gone. */
const placeRefused: readonly SendReason[] = [
  "sending.not-allowed",
  "sending.archived",
  "sending.not-there",
  "sending.conversation-gone",
];

function isClosedPlace(error: unknown): boolean {
  const failure = readFailure(error);
  return failure.kind === "refused" && placeRefused.includes(failure.reason);
}

/** Whether somebody has a chat of their own: an administrator who writes as the group has none. */
function hasOwnChat(caller: Caller): boolean {
  return userOf(caller.id) > 0 && !(caller.place.address as Address).isPrivate;
}

/**
 * Sends to the conversation in which somebody asks, or, if the bot may not write there, to their own chat after a
 * sentence that says why. `caller` in the result is the one who was sent to. Rejects if both refuse.
 */
export async function sendNear<Result>(
  context: TelegramContext,
  caller: Caller,
  send: (caller: Caller) => Promise<Result>,
): Promise<{ caller: Caller; result: Result }> {
  try {
    return { caller, result: await send(caller) };
  } catch (error) {
    if (!hasOwnChat(caller) || !isClosedPlace(error)) {
      throw error;
    }
    const { api, chats, groups } = context;
    const { chat } = caller.place.address as Address;
    const text = say(sentences.notThere, caller.locale, { group: await groups.titleOf(chat) });
    await chats.request(userOf(caller.id), "answer", (chat_id) =>
      api.call("sendMessage", { chat_id, text: inert(text), ...withoutPreview }),
    );
    const own = inPrivate(caller);
    return { caller: own, result: await send(own) };
  }
}

/** Remembers a stored form for when its owner, whom nothing reaches now, writes to the bot. */
export async function keepForLater({ kept, groups }: TelegramContext, caller: Caller, form: string): Promise<void> {
  const { chat } = caller.place.address as Address;
  await kept.set(caller.id, { form, group: await groups.titleOf(chat) }, keptMs);
}

/** As long as the form itself. */
const keptMs = 30 * 24 * 60 * 60_000;

/** Offers the request that could not be answered where it was made; once. */
export async function offerKept(context: TelegramContext, caller: Caller): Promise<void> {
  const { kept, forms, runtime } = context;
  const { form = "", group = "" } = (await kept.get<{ form: string; group: string }>(caller.id)) ?? {};
  const stored = form === "" ? null : await forms.read(form);
  const tool = stored === null ? undefined : toolNamed(runtime.tools, stored.command);
  if (tool !== undefined) {
    const { locale } = caller;
    const title = say(sentences.keptRequest, locale, { tool: tool.title[locale], group });
    const buttons = [{ label: sentences.continueKept[locale], action: correctAction, subject: form }];
    const { chat } = caller.place.address as Address;
    const message: Message = { tone: "info", title, private: true };
    await sendMessage(context, { chat, priority: "answer" }, message, { locale, buttons });
  }
  await kept.delete(caller.id);
}

/** Whether the bot may not send such a file there, while text might be allowed. */
export function isForbiddenHere(error: unknown): boolean {
  const failure = readFailure(error);
  return failure.kind === "refused" && failure.reason === "sending.not-allowed" && isAboutFile(error);
}

/**
 * For files that the bot may not send to a group: sends them to the asker's own chat, and the group's message says so.
 * If there is no such chat, the message has links instead, as far as there are any, and a button that opens the chat.
 */
export async function handOver(
  context: TelegramContext,
  { asker, at }: { asker: Caller; at: Target & { message?: number | undefined } },
  message: Message,
  options: ShowOptions,
): Promise<void> {
  const { locale } = options;
  try {
    await sendMessage(context, { chat: userOf(asker.id), noteAs: at.noteAs }, message, options);
  } catch (error) {
    if (readFailure(error).kind !== "refused") {
      throw error;
    }
    await showWithoutFiles(context, { asker, at }, message, options);
    return;
  }
  const title = say({ key: "answer.result-direct" }, locale);
  await put(context, at, { tone: message.tone, title, private: message.private }, { locale });
}

/** Shows a result without its files. True if its text is whole and each of them is behind a link. */
export async function showWithoutFiles(
  context: TelegramContext,
  { asker, at }: { asker: Caller; at: Target & { message?: number | undefined } },
  message: Message,
  options: ShowOptions,
): Promise<boolean> {
  const { runtime, bot } = context;
  const { locale } = options;
  const media = await Promise.all(
    (message.media ?? []).map(async (medium) => {
      const asset = medium.link === undefined ? await runtime.asset(medium.assetId, asker) : null;
      return { ...medium, link: medium.link ?? (asset && runtime.mediaLink(asset)) ?? undefined };
    }),
  );
  const isWhole =
    message.overflow === undefined && media.every((medium) => reachableLink(medium, telegramLimits) !== undefined);
  const open = {
    label: sentences.openDirectButton[locale],
    url: `https://t.me/${bot.username}?start=${message.jobId}`,
  };
  const hasChat = !isWhole && message.jobId !== undefined;
  await put(
    context,
    at,
    { ...message, media },
    {
      ...options,
      note: sentences[hasChat ? "filesForbidden" : "filesAsLinks"][locale],
      links: [...(options.links ?? []), ...(hasChat ? [open] : [])],
      withoutFiles: true,
    },
  );
  return isWhole;
}

async function put(
  context: TelegramContext,
  { message: id, ...target }: Target & { message?: number | undefined },
  message: Message,
  options: Parameters<typeof sendMessage>[3],
): Promise<void> {
  await (id === undefined
    ? sendMessage(context, target, message, options)
    : editMessage(context, { ...target, message: id }, message, { ...options, priority: "result", hasMedia: false }));
}
