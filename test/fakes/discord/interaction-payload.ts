import { createHash } from "node:crypto";
import type { JsonObject } from "../json.ts";
import type { Context } from "./context.ts";
import {
  type Interaction,
  type InteractionKind,
  type Interactions,
  interactionTypes,
  ownersOf,
} from "./interactions.ts";
import { messagePayload } from "./message-payload.ts";
import { channelPayload, memberPayload, userPayload } from "./payloads.ts";
import { may, permissionsIn } from "./permissions.ts";
import { attachmentSizeLimit, type Channel, isBotIn, type Message, type World } from "./world.ts";

/** 0 in a guild, 1 in the conversation with the bot, 2 in any other private conversation. */
export function contextOf(world: World, channel: Channel): 0 | 1 | 2 {
  if (channel.guildId !== null) {
    return 0;
  }
  return channel.kind === "direct" && isBotIn(world, channel) ? 1 : 2;
}

export interface Act {
  readonly kind: InteractionKind;
  readonly userId: string;
  readonly channel: Channel;
  readonly installation: "guild" | "user";
  readonly command: string;
  readonly source: Message | null;
  readonly data: JsonObject;
}

/** Begins an interaction and sends it to the app as INTERACTION_CREATE. */
export function startInteraction(context: Context, interactions: Interactions, act: Act): Interaction {
  const { world } = context;
  const { kind, userId, channel, installation, source } = act;
  const bot = world.application.botUserId;
  const id = context.snowflakes.next();
  const byUser = installation === "user";
  const interaction = interactions.open({
    id,
    token: Buffer.from(`interaction:${id}:${createHash("sha512").update(id).digest("hex")}`).toString("base64url"),
    kind,
    userId,
    channel,
    installation,
    appIsThere: isBotIn(world, channel),
    forcedEphemeral: byUser && channel.guildId !== null && !may(world, channel, userId, "USE_EXTERNAL_APPS"),
    command: act.command,
    source,
  });
  const guild = channel.guildId === null ? undefined : world.guilds.get(channel.guildId);
  const user = world.users.get(userId)!;
  // Where the app is not a member, these permissions limit its answers.
  const appPermissions = isBotIn(world, channel)
    ? permissionsIn(world, channel, bot)
    : permissionsIn(world, channel, userId) & ~(1n << 11n);
  const message = source === null ? {} : { message: messagePayload(context, source) };
  const who =
    guild === undefined
      ? { user: userPayload(user) }
      : {
          member: {
            ...memberPayload(world, guild, userId),
            permissions: String(permissionsIn(world, channel, userId)),
          },
        };
  const payload: JsonObject = {
    id,
    application_id: world.application.id,
    type: interactionTypes[kind],
    token: interaction.token,
    version: 1,
    channel: channelPayload(world, channel, userId),
    channel_id: channel.id,
    ...(guild === undefined
      ? {}
      : {
          guild_id: guild.id,
          guild: { id: guild.id, locale: guild.locale, features: [] },
          guild_locale: guild.locale,
        }),
    ...who,
    locale: user.locale,
    app_permissions: String(appPermissions),
    entitlements: [],
    authorizing_integration_owners: ownersOf(interaction),
    context: contextOf(world, channel),
    attachment_size_limit: Math.max(attachmentSizeLimit(world, channel), user.uploadBytes),
    data: act.data,
    ...message,
  };
  context.dispatch("INTERACTION_CREATE", payload);
  return interaction;
}
