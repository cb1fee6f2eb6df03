import type { TelegramMessage } from "@gramio/types";
import type { Message } from "@toolcast/core";
import { digest, type FileSource, type Priority } from "@toolcast/core/chat";
import { readFailure, refusalText } from "./api-failure.ts";
import { type Composed, type ComposedMedium, type ComposeOptions, compose } from "./compose.ts";
import type { TelegramContext } from "./context.ts";
import { inert } from "./formatted-text.ts";
import type { MediumKind } from "./medium-kinds.ts";
import type { Address } from "./place.ts";
import { fileOf, type MessageContent } from "./update.ts";

/** Where a message of ours goes. */
export type Target = Pick<Address, "chat" | "thread"> & {
  /** The message it replies to, if that still exists. */
  replyTo?: number | undefined;
  /** The priority of its messages. Default `result`. */
  priority?: Priority;
  /**
   * A name for what is sent, under which each of its messages is remembered: what arrived is not sent again when the
   * rest is. Default: nothing is remembered.
   */
  noteAs?: string;
};

const methods = {
  photo: "sendPhoto",
  video: "sendVideo",
  animation: "sendAnimation",
  voice: "sendVoice",
  audio: "sendAudio",
  document: "sendDocument",
} as const satisfies Record<MediumKind, string>;

/** Text from people or vendors never causes a web page preview. */
export const withoutPreview = { link_preview_options: { is_disabled: true } } as const;

export function placeOfSend({ thread, replyTo }: Target) {
  return {
    message_thread_id: thread,
    ...(replyTo === undefined
      ? {}
      : { reply_parameters: { message_id: replyTo, allow_sending_without_reply: true as const } }),
  };
}

/**
 * Sends one message of several, or finds that it was sent to this chat; gives its id. `content` tells it from the
 * others that are sent under the same name.
 */
async function sendOnce(
  { notes }: TelegramContext,
  { noteAs, chat }: Target,
  content: string,
  send: () => Promise<{ message_id: number }>,
): Promise<number> {
  if (noteAs === undefined) {
    return (await send()).message_id;
  }
  const key = `${noteAs}/${digest(`${chat} ${content}`)}`;
  const known = await notes.unseenSendOf(key);
  if (known?.message !== undefined) {
    return Number(known.message);
  }
  const { id } = await notes.sendUnseen(key, String(chat), async () => ({ id: String((await send()).message_id) }));
  return Number(id);
}

/** Sends a message; with several media, as an album with the text below it. Gives the message that holds the text. */
export async function sendMessage(
  context: TelegramContext,
  target: Target,
  message: Message,
  options: ComposeOptions,
): Promise<number> {
  const { media, text, keyboard, textFiles } = await compose(context, message, options);
  const markup = { reply_markup: keyboard };
  const [only] = media;
  await sendTextFiles(context, target, textFiles);
  if (only !== undefined && media.length === 1) {
    const end = await sendMedium(context, target, only, { caption: text, markup });
    return end === null ? sendMessage(context, target, message, { ...options, withoutFiles: true }) : end.message_id;
  }
  const refused = await sendAlbums(context, target, media);
  if (refused.length > 0) {
    const kept = { ...message, media: refused.map(({ medium }) => medium) };
    return sendMessage(context, target, kept, { ...options, withoutFiles: true });
  }
  return sendOnce(context, target, text.text, () =>
    context.chats.request(target.chat, target.priority ?? "result", (chat_id) =>
      context.api.call("sendMessage", { chat_id, ...text, ...withoutPreview, ...placeOfSend(target), ...markup }),
    ),
  );
}

/**
 * Sends text that is too long for its message as a file, and before the message: a place that takes no files gets no
 * message that is cut.
 */
async function sendTextFiles(context: TelegramContext, target: Target, files: readonly FileSource[]): Promise<void> {
  const { api, chats, logger } = context;
  for (const file of files) {
    try {
      await sendOnce(context, target, String(file.source), () =>
        chats.request(target.chat, target.priority ?? "result", (chat_id) =>
          api.call("sendDocument", { chat_id, document: "attach://file", ...placeOfSend(target) }, { files: { file } }),
        ),
      );
    } catch (error) {
      if (!isAboutMedia(error) || isNotAllowed(error)) {
        throw error;
      }
      // Nothing is gained by keeping the message back as well: the job keeps the whole text.
      logger.warn({ reason: readFailure(error).detail }, "a text file was refused");
    }
  }
}

/** As the first kind that Telegram accepts; null when it accepts none. */
export async function sendMedium(
  context: TelegramContext,
  target: Target,
  one: ComposedMedium,
  { caption, markup }: { caption: Composed["text"]; markup: object },
): Promise<TelegramMessage | null> {
  return firstTaken(context, one, one.kinds, (kind, media, files) =>
    context.chats.request(target.chat, target.priority ?? "result", (chat_id) =>
      context.api.call(
        methods[kind] as "sendDocument",
        {
          ...{ chat_id, [kind]: media, caption: caption.text, caption_entities: caption.entities },
          ...placeOfSend(target),
          ...markup,
        } as never,
        { files },
      ),
    ),
  );
}

/**
 * Telegram does not mix kinds in an album: pictures and videos, recordings, and files go separately. What it refuses as
 * an album is sent each in a message of its own, as a single one always is. Gives the files that it accepts in no form.
 */
async function sendAlbums(
  context: TelegramContext,
  target: Target,
  media: readonly ComposedMedium[],
): Promise<ComposedMedium[]> {
  const kindOf = ({ kinds }: ComposedMedium): MediumKind =>
    kinds.find((one) => one !== "voice" && one !== "animation") ?? "document";
  const families = Map.groupBy(media, (one) => (/photo|video/.test(kindOf(one)) ? "visual" : kindOf(one)));
  const refused: ComposedMedium[] = [];
  for (const family of families.values()) {
    const items = family.map((one) => ({ ...one, kind: kindOf(one) }));
    if (items.length > 1 && (await isSentAsAlbum(context, target, items))) {
      continue;
    }
    for (const [index, one] of family.entries()) {
      const id = await sendOnce(context, target, `${index} ${one.key}`, async () => {
        const sent = await sendMedium(context, target, one, { caption: { text: "", entities: [] }, markup: {} });
        return { message_id: sent?.message_id ?? notSent };
      });
      if (id === notSent) {
        refused.push(one);
      }
    }
  }
  return refused;
}

/** Remembered instead of a message's id for a file that Telegram accepts in no form. */
const notSent = 0;

/** Known files by their ids; if those are refused, all as uploads. False if it is refused because of its files. */
async function isSentAsAlbum(
  context: TelegramContext,
  target: Target,
  items: readonly (ComposedMedium & { kind: MediumKind })[],
): Promise<boolean> {
  const { fileIds } = context;
  const keys = items.map(({ key }) => key).join(" ");
  const known = await Promise.all(items.map(({ key, kind }) => fileIds.read(key, kind)));
  for (const ids of known.some((id) => id !== null) ? [known, items.map(() => null)] : [known]) {
    const uploads = items.flatMap(({ content }, index) => (ids[index] === null ? [[`file${index}`, content]] : []));
    const media = items.map(({ kind }, index) => ({ type: kind, media: ids[index] ?? `attach://file${index}` }));
    try {
      await sendOnce(context, target, keys, async () => {
        const sent = await context.chats.request(target.chat, target.priority ?? "result", (chat_id) =>
          context.api.call(
            "sendMediaGroup",
            { ...{ chat_id, ...placeOfSend(target) }, media: media as never },
            { files: Object.fromEntries(uploads) },
          ),
        );
        for (const [index, { key, kind }] of items.entries()) {
          await rememberFile(context, { key, kind }, sent[index]);
        }
        return { message_id: sent[0]?.message_id ?? notSent };
      });
      return true;
    } catch (error) {
      if (!isAboutMedia(error)) {
        throw error;
      }
    }
  }
  return false;
}

async function rememberFile(
  { fileIds }: Pick<TelegramContext, "fileIds">,
  { key, kind }: { key: string; kind: MediumKind },
  sent: unknown,
): Promise<void> {
  const id = sentFileId(kind, sent);
  if (id !== undefined) {
    await fileIds.write(key, kind, id);
  }
}

/** The id of the file that a sent or edited message shows as this kind. */
function sentFileId(kind: MediumKind, sent: unknown): string | undefined {
  const { rich_message: rich, ...message } = (
    typeof sent === "object" && sent !== null ? sent : {}
  ) as Partial<TelegramMessage>;
  if (rich !== undefined && kind === "voice") {
    return rich.blocks.find((block) => block.type === "voice_note")?.voice_note.file_id;
  }
  return kind in message ? fileOf(message as unknown as MessageContent)?.id : undefined;
}

/** The budget an edit draws on, and what the message shows now. */
export interface EditOptions extends ComposeOptions {
  priority: Extract<Priority, "result" | "progress">;
  /** The message shows a file, so its text is a caption. */
  hasMedia: boolean;
}

/**
 * Replaces a message with another; false when no edit can do that: an album, or a voice note where there is none yet.
 */
export async function editMessage(
  context: TelegramContext,
  { chat, thread, message: id }: Pick<Target, "chat" | "thread"> & { message: number },
  message: Message,
  options: EditOptions,
): Promise<boolean> {
  const { text, keyboard, media, textFiles } = await compose(context, message, options);
  const { api, chats } = context;
  const at = (chat_id: number) => ({
    ...{ chat_id, message_id: id },
    reply_markup: keyboard,
  });
  const request = (send: (chat: number) => Promise<unknown>) =>
    chats.request(chat, options.priority, (current) => unlessSame(() => send(current)));
  const [only] = media;
  if (media.length > 1) {
    return false;
  }
  // An edit may be repeated; the file below it is sent once.
  const sendTexts = () => sendTextFiles(context, { chat, thread, replyTo: id, noteAs: `${chat}/${id}` }, textFiles);
  if (only === undefined) {
    await sendTexts();
    await (options.hasMedia
      ? request((current) =>
          api.call("editMessageCaption", { ...at(current), caption: text.text, caption_entities: text.entities }),
        )
      : request((current) => api.call("editMessageText", { ...at(current), ...text, ...withoutPreview })));
  } else {
    const [wanted] = only.kinds;
    if (wanted === "voice" && !options.hasMedia) {
      const end = await editToVoice(context, (send) => request((current) => send(at(current))), only, text.text);
      if (end === "shown") {
        await sendTexts();
      }
      if (end !== "forbidden") {
        return end === "shown";
      }
    }
    await sendTexts();
    const kinds = only.kinds.filter((kind) => kind !== "voice");
    const shown = await firstTaken(context, only, kinds, (kind, file, files) =>
      request((current) =>
        api.call(
          "editMessageMedia",
          {
            ...at(current),
            media: { type: kind as "photo", media: file, caption: text.text, caption_entities: text.entities },
          },
          { files },
        ),
      ),
    );
    if (shown === null) {
      return editMessage(context, { chat, thread, message: id }, message, { ...options, withoutFiles: true });
    }
  }
  return true;
}

/** A rich message can hold a voice note (Bot API 10.3); if that is refused, the voice note is a separate message. */
async function editToVoice(
  context: TelegramContext,
  request: (send: (at: object) => Promise<unknown>) => Promise<unknown>,
  medium: ComposedMedium,
  text: string,
): Promise<"shown" | "refused" | "forbidden"> {
  let refusal = "";
  const shown = await firstTaken(context, medium, ["voice"], async (_kind, media, files) => {
    const blocks = [
      { type: "voice_note", voice_note: { type: "voice_note", media } },
      { type: "paragraph", text: inert(text) },
    ];
    try {
      return await request((at) =>
        context.api.call(
          "editMessageText",
          { ...at, rich_message: { blocks: blocks as never, skip_entity_detection: true } } as never,
          { files },
        ),
      );
    } catch (error) {
      refusal = refusalText(error);
      throw error;
    }
  });
  return shown !== null ? "shown" : /VOICE_MESSAGES_FORBIDDEN|rights to send/i.test(refusal) ? "forbidden" : "refused";
}

/** Refusals caused by the file or its kind: another kind may work. */
const aboutMedia = ["sending.refused", "sending.too-large", "sending.not-allowed"];
/** Refusals of a kind, or of rich messages: with the same file uploaded again they would be the same. */
const notAboutTheFile = /rights|FORBIDDEN|rich|blocks/i;

/**
 * By the file's id if Telegram has it, otherwise as an upload. Tries each kind until one is accepted; null when none
 * is, because of the file. Rejects when the bot may send none of several kinds there.
 */
async function firstTaken<Result>(
  { fileIds }: TelegramContext,
  { key, content }: ComposedMedium,
  kinds: readonly MediumKind[],
  send: (kind: MediumKind, media: string, files: Record<string, FileSource>) => Promise<Result>,
): Promise<Result | null> {
  const refusals: unknown[] = [];
  for (const kind of kinds) {
    const known = await fileIds.read(key, kind);
    if (known !== null) {
      try {
        return await send(kind, known, {});
      } catch (error) {
        if (!isAboutMedia(error)) {
          throw error;
        }
        if (notAboutTheFile.test(refusalText(error))) {
          refusals.push(error);
          continue;
        }
      }
    }
    try {
      const result = await send(kind, "attach://file", { file: content });
      await rememberFile({ fileIds }, { key, kind }, result);
      return result;
    } catch (error) {
      if (!isAboutMedia(error)) {
        throw error;
      }
      refusals.push(error);
    }
  }
  // The place is at fault, not the file, and text instead of the file would not be the result.
  if (kinds.some((kind) => kind !== "voice") && refusals.every(isNotAllowed)) {
    throw refusals.at(-1);
  }
  return null;
}

function isNotAllowed(error: unknown): boolean {
  const failure = readFailure(error);
  return failure.kind === "refused" && failure.reason === "sending.not-allowed";
}

function isAboutMedia(error: unknown): boolean {
  const failure = readFailure(error);
  return failure.kind === "refused" && aboutMedia.includes(failure.reason);
}

/** Telegram refuses an edit that changes nothing. */
export async function unlessSame(send: () => Promise<unknown>): Promise<unknown> {
  try {
    return await send();
  } catch (error) {
    if (/message is not modified/i.test(refusalText(error))) {
      return true;
    }
    throw error;
  }
}
