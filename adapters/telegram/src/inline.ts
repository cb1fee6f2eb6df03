import type { TelegramInlineQueryResult } from "@gramio/types";
import { type Asset, type Caller, type Message, UsageError } from "@toolcast/core";
import { describeMessage, fitBlocks, shorten } from "@toolcast/core/chat";
import { answersPrivately, mediumOf, parseCommandLine } from "@toolcast/core/surface";
import { compose } from "./compose.ts";
import type { TelegramContext } from "./context.ts";
import { formattedTextPort } from "./formatted-text.ts";
import { telegramLimits } from "./limits.ts";
import type { MediumKind } from "./medium-kinds.ts";
import { userOf } from "./place.ts";
import { readCommand, toolNamed } from "./request-input.ts";
import { sentences } from "./sentences.ts";
import { sendMedium, withoutPreview } from "./show.ts";
import type { InboundInline, InboundMessage } from "./update.ts";

/** Everybody in a chat sees what comes of an inline query, and nothing of it can be uploaded: files have ids by now. */
const fileResults: Readonly<Record<MediumKind, { type: string; field: string }>> = {
  photo: { type: "photo", field: "photo_file_id" },
  video: { type: "video", field: "video_file_id" },
  animation: { type: "mpeg4_gif", field: "mpeg4_file_id" },
  audio: { type: "audio", field: "audio_file_id" },
  voice: { type: "voice", field: "voice_file_id" },
  document: { type: "document", field: "document_file_id" },
};

/** Not cached: they are the asker's own, and change. */
const forThemAlone = { is_personal: true, cache_time: 0 } as const;

/**
 * Answers `@bot ...` typed in any chat: the answer of a tool that reads and is not private, else the asker's own
 * results that Telegram has. Inline mode is switched on with BotFather; strangers are offered the private chat.
 */
export async function answerInline(context: TelegramContext, caller: Caller, asked: InboundInline): Promise<void> {
  const { api, outbox, access } = context;
  const { locale } = caller;
  const isKnown = await access.has(caller);
  const answer = isKnown ? await textResult(context, caller, asked.query) : null;
  const results = answer !== null ? [answer] : isKnown ? await ownMedia(context, caller) : [];
  await outbox.send({ priority: "answer" }, () =>
    api.call("answerInlineQuery", {
      ...{ inline_query_id: asked.id, results, ...forThemAlone },
      ...(results.length > 0
        ? {}
        : { button: { text: sentences.openDirectButton[locale], start_parameter: "inline" } }),
    }),
  );
}

/** Answers a mention in a chat that the bot is not in (guest mode, switched on with BotFather) with one message. */
export async function answerGuest(context: TelegramContext, caller: Caller, asked: InboundMessage): Promise<void> {
  const { api, outbox, access, bot } = context;
  const { guest_query_id: guest } = asked;
  if (guest === undefined) {
    return;
  }
  const mention = `@${bot.username}`;
  const words = (asked.text ?? "").trim();
  const query = words.toLowerCase().startsWith(mention.toLowerCase()) ? words.slice(mention.length) : words;
  const isKnown = await access.has(caller);
  const refusal = sentences[isKnown ? "notHere" : "noAccess"][caller.locale];
  const result = (isKnown ? await textResult(context, caller, query) : null) ?? article(refusal, { text: refusal });
  await outbox.send({ priority: "answer" }, () => api.call("answerGuestQuery", { guest_query_id: guest, result }));
}

/** The answer of a tool that costs, changes and reveals nothing; null if the query is no complete request to one. */
async function textResult(
  { runtime, bot }: TelegramContext,
  caller: Caller,
  query: string,
): Promise<TelegramInlineQueryResult | null> {
  const line = query.trim();
  const command = readCommand(line.startsWith("/") ? line : `/${line}`, bot.username);
  const tool = command === null ? undefined : toolNamed(runtime.tools, command.name);
  if (command === null || tool?.effect !== "reads" || answersPrivately(tool, {}) || !runtime.mayUse(tool, caller)) {
    return null;
  }
  try {
    const { input = {} } = parseCommandLine(`/${tool.command}${command.rest}`, [tool]) ?? {};
    const reply = await runtime.call({ tool: tool.name, input: { ...input }, caller });
    if (reply.type !== "answer" || reply.message.private) {
      return null;
    }
    const blocks = describeMessage(reply.message, { locale: caller.locale });
    return article(reply.message.title, fitBlocks(blocks, formattedTextPort, telegramLimits.textCharacters).native);
  } catch (error) {
    if (UsageError.isInstance(error)) {
      return null;
    }
    throw error;
  }
}

function article(title: string, { text, entities }: { text: string; entities?: object[] }): TelegramInlineQueryResult {
  return {
    ...{ type: "article", id: "answer", title: shorten(title, telegramLimits.placeholderCharacters) },
    input_message_content: { message_text: text, entities, ...withoutPreview },
  } as TelegramInlineQueryResult;
}

/** What jobs made for the asker, newest first: what Telegram has, or gets in time for this answer. */
async function ownMedia(context: TelegramContext, caller: Caller): Promise<TelegramInlineQueryResult[]> {
  const made = (await context.runtime.gallery(caller, telegramLimits.inlineResults)).filter(
    ({ origin }) => origin !== undefined,
  );
  await context.stagedUploads.stage(caller, made);
  const results = await Promise.all(made.map((asset) => fileResult(context, asset)));
  return results.filter((result) => result !== null);
}

async function fileResult(
  { fileIds }: Pick<TelegramContext, "fileIds">,
  { id, name }: Asset,
): Promise<TelegramInlineQueryResult | null> {
  const known = await fileIds.knownAs(id);
  if (known === null) {
    return null;
  }
  const { type, field } = fileResults[known.kind];
  return { type, id, title: name, [field]: known.id } as unknown as TelegramInlineQueryResult;
}

/** Gives Telegram a file without anybody noticing: a silent message to its owner, deleted at once. */
export async function stageUpload(context: TelegramContext, owner: Caller, asset: Asset): Promise<void> {
  const { runtime, limits, chats, api } = context;
  const { locale } = owner;
  const chat = userOf(owner.id);
  const given: Message = { tone: "info", title: "", private: true, media: [mediumOf(asset, asset.name)] };
  const [medium] = (await compose(context, await runtime.fit(given, limits.surface, locale), { locale })).media;
  if (medium === undefined) {
    return;
  }
  // As progress it takes no room that a result needs.
  const sent = await sendMedium(context, { chat, priority: "progress" }, medium, {
    caption: { text: "", entities: [] },
    markup: { disable_notification: true },
  });
  if (sent !== null) {
    await chats.request(chat, "result", (chat_id) =>
      api.call("deleteMessage", { chat_id, message_id: sent.message_id }),
    );
  }
}
