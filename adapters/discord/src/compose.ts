import type { Asset, Message, MessageMedia, Runtime } from "@toolcast/core";
import { type AllowedMentionsTypes, type APIMessage, MessageFlags } from "discord.js";
import type { MessageBody } from "./discord-api.ts";
import { type LayoutOptions, layoutMessage } from "./layout.ts";
import type { LayoutFile } from "./layout-files.ts";
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
  const { message: whole, assets } = await withoutGone(runtime, message, options);
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
    return send(async () => compose(runtime, await linked(runtime, message), { ...options, withoutFiles: true }));
  }
}

/** Media past their retention are said to be gone instead of failing the whole message. */
async function withoutGone(
  runtime: Runtime,
  message: Message,
  { locale }: ComposeOptions,
): Promise<{ message: Message; assets: Map<string, Asset> }> {
  const assets = new Map<string, Asset>();
  const gone: string[] = [];
  for (const { assetId, name } of message.media ?? []) {
    const asset = await runtime.media.read(assetId);
    if (asset === null) {
      gone.push(speak("mediumGone", locale, { name }));
    } else {
      assets.set(assetId, asset);
    }
  }
  const media = (message.media ?? []).filter(({ assetId }) => assets.has(assetId));
  return {
    message: {
      ...message,
      ...(message.media === undefined ? {} : { media }),
      lines: [...(message.lines ?? []), ...gone],
    },
    assets,
  };
}

async function linked(runtime: Runtime, message: Message): Promise<Message> {
  const media = await Promise.all(
    (message.media ?? []).map(async ({ encode: _encode, ...medium }): Promise<MessageMedia> => {
      const asset = await runtime.media.read(medium.assetId);
      const link = medium.link ?? (asset === null ? null : runtime.mediaLink(asset));
      return { ...medium, ...(link === null ? {} : { link }) };
    }),
  );
  return { ...message, media };
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
