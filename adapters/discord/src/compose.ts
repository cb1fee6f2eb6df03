import { isDeepStrictEqual } from "node:util";
import type { Message } from "@toolcast/core";
import { fileSources, shorten, withKeptMedia } from "@toolcast/core/chat";
import { type AllowedMentionsTypes, type APIMessage, MessageFlags } from "discord.js";
import type { DiscordContext } from "./context.ts";
import type { MessageBody } from "./discord-api.ts";
import { attachOptions, layoutMessage } from "./layout.ts";
import type { LayoutOptions } from "./layout-options.ts";
import { discordLimits, surfaceLimits } from "./limits.ts";
import { codes, readFailure } from "./rest-failure.ts";

export interface ComposeOptions extends LayoutOptions {
  /** Only the recipient sees the message. */
  ephemeral?: boolean;
}

/** What composing needs: the media, and the store for buttons whose ids are too short to hold everything. */
type ComposeContext = Pick<DiscordContext, "runtime" | "buttons">;

function isRefusedAs(error: unknown, code: number): boolean {
  const failure = readFailure(error);
  return failure.kind === "refused" && failure.code === code;
}

function isAboutSize(error: unknown): boolean {
  return isRefusedAs(error, codes.tooLarge) || readFailure(error).status === 413;
}

/** A message as one request to Discord, with its files, which are read when it is sent. */
export async function compose(
  { runtime, buttons }: ComposeContext,
  message: Message,
  options: ComposeOptions,
): Promise<MessageBody> {
  const kept = await withKeptMedia(runtime, message, { ...attachOptions(options), locale: options.locale });
  const { content, components, files, kept: keptButtons } = layoutMessage(kept.message, options);
  await buttons.keep(keptButtons);
  return {
    body: {
      content,
      flags:
        (content === undefined ? MessageFlags.IsComponentsV2 : MessageFlags.SuppressEmbeds) |
        (options.ephemeral ? MessageFlags.Ephemeral : 0),
      components,
      // An edited message keeps only the files the edit names, and every edit uploads all of ours again.
      attachments: files.map((file, id) => ({
        ...{ id, filename: file.name },
        ...("medium" in file
          ? { description: shorten(file.medium.alternative, discordLimits.alternativeCharacters) }
          : {}),
      })),
      // Text never pings anybody, whoever wrote it. We ping only the asker, and only where they would otherwise miss
      // the message.
      allowed_mentions: {
        parse: [] as AllowedMentionsTypes[],
        users: options.mention === undefined ? [] : [options.mention],
        replied_user: false,
      },
    },
    files: await fileSources(runtime, files, kept.assets),
  };
}

/**
 * Composes and sends. Files are read when it is this message's turn, not while it waits. If Discord finds the files too
 * large, it is sent again at the size every place accepts (an interaction may state the asker's limit rather than the
 * bot's). If that fails too, or Discord rejects the body, it is sent with links instead of files. Retrying is safe
 * because a refused request was not carried out.
 */
export async function composeAndSend(
  context: ComposeContext,
  message: Message,
  options: ComposeOptions,
  send: (body: () => Promise<MessageBody>) => Promise<APIMessage>,
): Promise<APIMessage> {
  try {
    return await send(() => compose(context, message, options));
  } catch (error) {
    const isTooLarge = isAboutSize(error);
    if (!isTooLarge && !isRefusedAs(error, codes.invalidBody)) {
      throw error;
    }
    const smaller = isTooLarge ? await context.runtime.fit(message, surfaceLimits, options.locale) : message;
    if (!isDeepStrictEqual(smaller.media, message.media)) {
      try {
        return await send(() => compose(context, smaller, options));
      } catch (again) {
        if (!isAboutSize(again)) {
          throw again;
        }
      }
    }
    return send(() => compose(context, message, { ...options, withoutFiles: true }));
  }
}
