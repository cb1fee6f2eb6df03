import type { Asset, Message, Runtime } from "@toolcast/core";
import { type AllowedMentionsTypes, type APIMessage, MessageFlags } from "discord.js";
import type { MessageBody } from "./discord-api.ts";
import { layoutMessage } from "./layout.ts";
import { attachable, type LayoutFile } from "./layout-files.ts";
import type { LayoutOptions } from "./layout-options.ts";
import { discordLimits } from "./limits.ts";
import { shorten } from "./localisation.ts";
import { codes, readFailure } from "./rest-failure.ts";
import { speak } from "./sentences.ts";

export interface ComposeOptions extends LayoutOptions {
  /** Only its reader sees the message. */
  ephemeral?: boolean;
}

/** A message as one request to Discord, its files read. */
export async function compose(runtime: Runtime, message: Message, options: ComposeOptions): Promise<MessageBody> {
  const { message: whole, assets } = await withAssets(runtime, message, options);
  const { content, components, files } = layoutMessage(whole, options);
  return {
    body: {
      ...(content === undefined ? {} : { content }),
      flags:
        (content === undefined ? MessageFlags.IsComponentsV2 : MessageFlags.SuppressEmbeds) |
        (options.ephemeral ? MessageFlags.Ephemeral : 0),
      components,
      // A changed message keeps only the files it names; all of ours are sent along.
      attachments: files.map((file, id) => ({
        ...{ id, filename: file.name },
        ...("medium" in file
          ? { description: shorten(file.medium.alternative, discordLimits.alternativeCharacters) }
          : {}),
      })),
      // Nobody is pinged by words, whoever wrote them; the asker by us, and only where they must be found.
      allowed_mentions: {
        parse: [] as AllowedMentionsTypes[],
        users: options.mention === undefined ? [] : [options.mention],
        replied_user: false,
      },
    },
    files: await readFiles(runtime, files, assets),
  };
}

/**
 * Composes and sends: files are read when it is this message's turn, not while it waits. When Discord finds the files too large
 * or the body wrong, once more with addresses in the files' stead: a request that was refused was not carried out.
 */
export async function composeAndSend(
  runtime: Runtime,
  message: Message,
  options: ComposeOptions,
  send: (body: () => Promise<MessageBody>) => Promise<APIMessage>,
): Promise<APIMessage> {
  try {
    return await send(() => compose(runtime, message, options));
  } catch (error) {
    const failure = readFailure(error);
    const mayDoWithout =
      failure.kind === "refused" &&
      (failure.code === codes.tooLarge || failure.status === 413 || failure.code === codes.invalidBody);
    if (!mayDoWithout) {
      throw error;
    }
    return send(() => compose(runtime, message, { ...options, withoutFiles: true }));
  }
}

/** The media that are still kept; those gone are said to be, and those that find no room get an address. */
async function withAssets(
  runtime: Runtime,
  message: Message,
  options: ComposeOptions,
): Promise<{ message: Message; assets: Map<string, Asset> }> {
  const assets = new Map<string, Asset>();
  const gone: string[] = [];
  for (const { assetId, name } of message.media ?? []) {
    const asset = await runtime.media.read(assetId);
    if (asset === null) {
      gone.push(speak("mediumGone", options.locale, { name }));
    } else {
      assets.set(assetId, asset);
    }
  }
  const kept = (message.media ?? []).filter(({ assetId }) => assets.has(assetId));
  const media = attachable({ ...message, media: kept }, options).map(({ medium, file }) => {
    const link = file === undefined ? (medium.link ?? runtime.mediaLink(assets.get(medium.assetId) as Asset)) : null;
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

async function readFiles(
  runtime: Runtime,
  files: readonly LayoutFile[],
  assets: ReadonlyMap<string, Asset>,
): Promise<MessageBody["files"]> {
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
