import type { Locale } from "../ground/locale.ts";
import type { Asset } from "../media/media.ts";
import { say } from "../messages/sentence.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Message } from "../surface/message.ts";
import { type AttachOptions, attachable, type ChatFile } from "./attached-files.ts";

/** A message with those of its media that are still kept, and the media. */
export interface KeptMessage {
  message: Message;
  /** By id. */
  assets: ReadonlyMap<string, Asset>;
}

/** A file for a platform. */
export interface FileContent {
  name: string;
  data: Buffer;
  /** MIME type. */
  contentType: string;
}

/**
 * The message without media that have been deleted, which it mentions instead; media that are not sent as files get an
 * address.
 */
export async function withKeptMedia(
  runtime: Pick<Runtime, "media" | "mediaLink">,
  message: Message,
  { locale, ...options }: AttachOptions & { locale: Locale },
): Promise<KeptMessage> {
  const assets = new Map<string, Asset>();
  const gone: string[] = [];
  for (const { assetId, name } of message.media ?? []) {
    const asset = await runtime.media.read(assetId);
    if (asset === null) {
      gone.push(say({ key: "chat.medium-gone", values: { name } }, locale));
    } else {
      assets.set(assetId, asset);
    }
  }
  const kept = (message.media ?? []).filter(({ assetId }) => assets.has(assetId));
  const media = attachable({ ...message, media: kept }, options).map(({ medium, file }) => {
    const asset = assets.get(medium.assetId);
    const link = file === undefined && asset !== undefined ? (medium.link ?? runtime.mediaLink(asset)) : null;
    return link === null ? medium : { ...medium, link };
  });
  return {
    message: {
      ...message,
      ...(message.media === undefined ? {} : { media }),
      lines: [...(message.lines ?? []), ...gone],
    },
    assets,
  };
}

/** The files' bytes. A picture that is too large is encoded smaller, or sent whole if that fails. */
export function readFiles(
  runtime: Pick<Runtime, "media" | "preview">,
  files: readonly ChatFile[],
  assets: KeptMessage["assets"],
): Promise<FileContent[]> {
  return Promise.all(
    files.map(async (file) => {
      if ("text" in file) {
        return { name: file.name, data: Buffer.from(file.text, "utf8"), contentType: "text/plain; charset=utf-8" };
      }
      const { medium, name } = file;
      const asset = assets.get(medium.assetId) as Asset;
      const smaller = medium.encode === undefined ? null : await runtime.preview(asset, medium.encode);
      const bytes = smaller?.bytes ?? (await runtime.media.bytes(asset));
      return { name, data: Buffer.from(bytes), contentType: smaller?.type ?? medium.type };
    }),
  );
}
