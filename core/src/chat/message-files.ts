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

/** The same for a platform that takes files of any size, which are streamed from disk. */
export interface FileSource extends Omit<FileContent, "data"> {
  bytes: number;
  /** The bytes themselves, or the path of the file that has them. */
  source: Buffer | string;
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
export async function readFiles(
  runtime: Pick<Runtime, "media" | "preview">,
  files: readonly ChatFile[],
  assets: KeptMessage["assets"],
): Promise<FileContent[]> {
  const read = async (asset: Asset) => Buffer.from(await runtime.media.bytes(asset));
  const sources = await findSources(runtime, files, { assets, find: read });
  return sources.map(({ name, contentType, source }) => ({ name, contentType, data: source }));
}

/** The same without reading the files into memory: only texts and smaller encodes are there. */
export function fileSources(
  runtime: Pick<Runtime, "media" | "preview">,
  files: readonly ChatFile[],
  assets: KeptMessage["assets"],
): Promise<FileSource[]> {
  return findSources(runtime, files, { assets, find: (asset) => runtime.media.wholeFile(asset) });
}

function findSources<Found extends Buffer | string>(
  runtime: Pick<Runtime, "preview">,
  files: readonly ChatFile[],
  { assets, find }: Pick<KeptMessage, "assets"> & { find: (asset: Asset) => Promise<Found> },
): Promise<(FileSource & { source: Found | Buffer })[]> {
  return Promise.all(
    files.map(async (file) => {
      if ("text" in file) {
        const source = Buffer.from(file.text, "utf8");
        return { name: file.name, contentType: "text/plain; charset=utf-8", bytes: source.byteLength, source };
      }
      const { medium, name } = file;
      const asset = assets.get(medium.assetId) as Asset;
      const smaller = medium.encode === undefined ? null : await runtime.preview(asset, medium.encode);
      return smaller === null
        ? { name, contentType: medium.type, bytes: asset.bytes, source: await find(asset) }
        : { name, contentType: smaller.type, bytes: smaller.bytes.byteLength, source: Buffer.from(smaller.bytes) };
    }),
  );
}
