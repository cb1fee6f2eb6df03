import { z } from "zod";

const user = z.object({
  id: z.number(),
  is_bot: z.boolean().nullish(),
  first_name: z.string(),
  last_name: z.string().nullish(),
  language_code: z.string().nullish(),
});
export type InboundUser = z.infer<typeof user>;

const chat = z.object({ id: z.number(), type: z.string(), title: z.string().nullish() });

const file = z.object({
  file_id: z.string(),
  file_size: z.number().nullish(),
  file_name: z.string().nullish(),
  mime_type: z.string().nullish(),
});

const media = {
  photo: z.array(file).nullish(),
  animation: file.nullish(),
  audio: file.nullish(),
  document: file.nullish(),
  video: file.nullish(),
  video_note: file.nullish(),
  voice: file.nullish(),
};

/** The fields of a message that are used. Unknown keys are ignored: Telegram adds some every month. */
const content = {
  ...media,
  /** 0 for a message that only one member of a group sees. */
  message_id: z.number(),
  ephemeral_message_id: z.number().optional(),
  from: user.nullish(),
  /** Who is shown as the sender instead of `from`: a channel, or the group itself for an anonymous administrator. */
  sender_chat: chat.nullish(),
  date: z.number().nullish(),
  chat,
  text: z.string().nullish(),
  caption: z.string().nullish(),
  message_thread_id: z.number().optional(),
  is_topic_message: z.boolean().optional(),
  media_group_id: z.string().nullish(),
  rich_message: z.unknown().optional(),
  contact: z.unknown().optional(),
  dice: z.unknown().optional(),
  location: z.unknown().optional(),
  poll: z.unknown().optional(),
  sticker: z.unknown().optional(),
  reply_markup: z.unknown().optional(),
};

const message = z.object({
  ...content,
  reply_to_message: z.object(content).nullish(),
  /** A reply to a message of another chat, of which only its file is there; its text is the quote. */
  external_reply: z.object(media).nullish(),
  quote: z.object({ text: z.string() }).nullish(),
  migrate_to_chat_id: z.number().nullish(),
  guest_query_id: z.string().optional(),
  via_bot: user.nullish(),
});
export type InboundMessage = z.infer<typeof message>;
export type MessageContent = Omit<
  InboundMessage,
  "reply_to_message" | "external_reply" | "quote" | "migrate_to_chat_id" | "via_bot"
>;
type MediaContent = Pick<MessageContent, keyof typeof media> & Pick<Partial<MessageContent>, "rich_message">;

/** What a rich message is made of; texts in it may be nested. */
const richSchema = z.object({
  blocks: z.array(z.object({ ...media, voice_note: file.nullish(), text: z.unknown().optional() })),
});

const press = z.object({
  id: z.string(),
  from: user,
  data: z.string().nullish(),
  /** Absent for messages that were sent inline; an old one has only its chat and id. */
  message: message.nullish(),
});
export type InboundPress = z.infer<typeof press>;

const stop = z.object({ chat, draft_id: z.number(), message_thread_id: z.number().optional() });
export type InboundStop = z.infer<typeof stop>;

const inline = z.object({ id: z.string(), from: user, query: z.string() });
export type InboundInline = z.infer<typeof inline>;

/** Tolerant: reads only the fields used here and trusts nothing beyond their types. */
export const updateSchema = z.object({
  update_id: z.number(),
  message: message.nullish(),
  callback_query: press.nullish(),
  stopped_message_generation: stop.nullish(),
  inline_query: inline.nullish(),
  guest_message: message.nullish(),
});

export type InboundUpdate = z.infer<typeof updateSchema>;

/** An update as it is stored until it is dealt with. */
export interface StoredUpdate {
  update: InboundUpdate;
  /** The earliest time at which it may have been sent if it does not say so itself, epoch milliseconds. */
  since: number;
}

/** Telegram itself, which forwards the posts of a linked channel into its group. */
const telegramItself = 777_000;

/** Whether an administrator writes as the group: Telegram does not say who. */
export function isAnonymous({
  sender_chat: shown,
  chat: { id },
}: Pick<InboundMessage, "sender_chat" | "chat">): boolean {
  return shown?.id === id && id < 0;
}

/**
 * Whether nobody can expect an answer: other bots, channels and what is written in their name, and updates of a kind
 * that was not asked for.
 */
export function isIgnored({
  message,
  callback_query: press,
  stopped_message_generation: stop,
}: InboundUpdate): boolean {
  if (!message) {
    return !press && !stop;
  }
  const { from, sender_chat: shown, chat, via_bot: via, migrate_to_chat_id: moved } = message;
  if (moved) {
    return false;
  }
  const isPerson = from && !from.is_bot && from.id !== telegramItself && !shown;
  return Boolean(via) || chat.type === "channel" || !(isPerson || isAnonymous(message));
}

/** The chat an update happened in, whatever its kind. */
export function laneOf({ message, callback_query: press, stopped_message_generation: stop }: InboundUpdate): string {
  return String(message?.chat.id ?? press?.message?.chat.id ?? stop?.chat.id ?? press?.from.id ?? "");
}

/** Sent every time: without a list, Telegram would keep using an earlier one. */
export const allowedUpdates = [
  "message",
  "callback_query",
  "stopped_message_generation",
  "inline_query",
  "guest_message",
] as const;

/** A file of a message, as it is stored until it is loaded. */
export const inboundFileSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(["image", "audio", "video"]).nullable(),
  size: z.number().optional(),
  type: z.string().optional(),
});
export type InboundFile = z.infer<typeof inboundFileSchema>;

/** Whether somebody says something with a message; Telegram also reports in messages what they do, e.g. pin another. */
export function saysSomething(message: MessageContent): boolean {
  const { text, caption, contact, dice, location, poll, sticker } = message;
  return [text, caption, contact, dice, location, poll, sticker].some(Boolean) || fileOf(message) !== null;
}

/** What a message says. */
export function textOf({ text, caption, rich_message: rich }: MessageContent): string {
  const { blocks } = richSchema.safeParse(rich).data ?? { blocks: [] };
  return text ?? caption ?? blocks.map((block) => plainText(block.text)).join("\n");
}

function plainText(rich: unknown): string {
  if (Array.isArray(rich)) {
    return rich.map(plainText).join("");
  }
  return typeof rich === "object" && rich !== null ? plainText((rich as { text?: unknown }).text) : String(rich ?? "");
}

/** The file that a message shows, the first one of a rich message; null when it shows none. */
export function fileOf(from: MediaContent): InboundFile | null {
  const { blocks } = richSchema.safeParse(from.rich_message).data ?? { blocks: [] };
  const inBlocks = blocks.map(({ voice_note, ...block }) => ({ ...block, voice: voice_note }));
  return [from, ...inBlocks].map(fileIn).find((one) => one !== null) ?? null;
}

function fileIn(from: MediaContent): InboundFile | null {
  const { photo, animation, audio, document, video, video_note: round, voice } = from;
  const largest = photo?.at(-1);
  const made = (given: z.infer<typeof file>, kind: InboundFile["kind"], name: string, type?: string): InboundFile => {
    const mime = given.mime_type ?? type;
    return {
      ...{ id: given.file_id, name: given.file_name ?? name, kind },
      size: given.file_size || undefined,
      type: mime || undefined,
    };
  };
  if (largest !== undefined) {
    return made(largest, "image", "photo.jpg", "image/jpeg");
  }
  if (animation) {
    return made(animation, animation.mime_type === "image/gif" ? "image" : "video", "animation.mp4");
  }
  if (voice) {
    return made(voice, "audio", "voice.ogg", "audio/ogg");
  }
  if (audio) {
    return made(audio, "audio", "audio.mp3");
  }
  if (video ?? round) {
    return made((video ?? round)!, "video", "video.mp4", "video/mp4");
  }
  if (document) {
    const kind = (["image", "audio", "video"] as const).find((one) => document.mime_type?.startsWith(`${one}/`));
    return made(document, kind ?? null, "file");
  }
  return null;
}
