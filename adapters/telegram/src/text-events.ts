import type { Caller } from "@toolcast/core";
import { sleep } from "@toolcast/core/engine";
import { formatBytes, say } from "@toolcast/core/surface";
import { type AlbumEnd, albumMs } from "./albums.ts";
import type { TelegramContext } from "./context.ts";
import { ask, formOf, isAnswer, retireQuestion } from "./dialogue.ts";
import { refusedStart } from "./may-start.ts";
import type { Address } from "./place.ts";
import { toolNamed } from "./request-input.ts";
import { sentences } from "./sentences.ts";
import { type Taking, warn, waysOf } from "./taking.ts";
import { fileOf, type InboundFile, type InboundMessage } from "./update.ts";

export function tooLarge(
  { context }: Taking,
  { locale }: Caller,
  { name, size = 0 }: { name: string; size?: number },
): string {
  const limit = formatBytes(context.limits.downloadBytes, locale);
  return say(sentences.fileTooLarge, locale, { name, size: formatBytes(size, locale), limit });
}

/** Text or a file without a command: another part of an album, the answer to a question, or something unknown. */
export async function takeText(taking: Taking, caller: Caller, message: InboundMessage): Promise<void> {
  const { context, take, id } = taking;
  const file = fileOf(message);
  const album = file === null ? undefined : message.media_group_id;
  const end = album ? await context.albums.endOf(album) : null;
  if (album && file !== null && end !== null && end.to !== "dialogue") {
    return takeAlbumPart(taking, caller, { album, at: message.message_id, file, end });
  }
  const { isPrivate } = caller.place.address as Address;
  const form = await askedBy(context, caller, message);
  if (form === null && album && file !== null) {
    return end === null ? holdAlbumPart(taking, caller, { album, at: message.message_id, file }) : undefined;
  }
  if (form === null) {
    return isPrivate ? warn(taking, caller, sentences.notACommand[caller.locale]) : undefined;
  }
  if (file?.size !== undefined && file.size > context.limits.downloadBytes) {
    return warn(taking, caller, tooLarge(taking, caller, file));
  }
  const stored = await context.forms.read(form);
  const tool = stored === null ? undefined : toolNamed(context.runtime.tools, stored.command);
  if (stored !== null && tool !== undefined && form === id) {
    // An earlier try has taken this answer; perhaps it could not ask the next question.
    return taking.tell(() => ask(context, caller, formOf(stored, tool, form)));
  }
  const refused = tool?.effect === "spends" ? await refusedStart(taking, caller, { message, form }) : null;
  if (refused === "stranger") {
    await Promise.all([context.forms.ask(caller, null), retireQuestion(context, form)]);
  }
  if (refused !== null) {
    return;
  }
  const value = file === null ? { text: message.text ?? "" } : { file };
  if (album) {
    await context.albums.decide(album, { to: "dialogue" });
  }
  await Promise.all([retireQuestion(context, form), context.access.carryOrigin(form, id)]);
  await take({ event: "field", id, caller, ways: waysOf(taking, caller), form, value });
}

/**
 * The form whose question a message answers; null if it answers none. In a group an answer replies to the question; in a
 * private chat it may be written without a reply, but not as a reply to something else of the bot's.
 */
async function askedBy(context: TelegramContext, caller: Caller, message: InboundMessage): Promise<string | null> {
  const { isPrivate } = caller.place.address as Address;
  const replied = message.reply_to_message;
  const isToBot = replied?.from?.id === context.bot.id;
  const form = isPrivate || isToBot ? await context.forms.asked(caller) : null;
  return form === null || !isToBot || (await isAnswer(context, form, replied)) ? form : null;
}

interface AlbumPart {
  album: string;
  at: number;
  file: InboundFile;
}

async function takeAlbumPart(
  taking: Taking,
  caller: Caller,
  { album, at, file, end }: AlbumPart & { end: Exclude<AlbumEnd, { to: "dialogue" }> },
): Promise<void> {
  const { context, id } = taking;
  if (await context.albums.isHeld(album, at)) {
    return;
  }
  const isLate =
    end.to === "request" && (await context.answers.join(end.id, { id, content: { at, file } })) === "closed";
  if (isLate || (end.to === "nobody" && !end.notified)) {
    await context.albums.decide(album, { to: "nobody", notified: true });
    await warn(taking, caller, sentences[isLate ? "albumLate" : "albumTooLong"][caller.locale]);
  }
}

/** Keeps a file until its album's command comes; a private album without one is answered once. */
async function holdAlbumPart(taking: Taking, caller: Caller, { album, ...part }: AlbumPart): Promise<void> {
  const { context } = taking;
  const { isPrivate } = caller.place.address as Address;
  if ((await context.albums.hold(album, part)) && isPrivate) {
    taking.follow(
      sleep(context.clock, albumMs).then(async () => {
        if ((await context.albums.endOf(album)) === null) {
          await warn(taking, caller, sentences.notACommand[caller.locale]);
        }
      }),
    );
  }
}
