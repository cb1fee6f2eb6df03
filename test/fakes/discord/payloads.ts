import type { JsonObject } from "../json.ts";
import { permissionsIn } from "./permissions.ts";
import type { Channel, Guild, Role, User, World } from "./world.ts";

/** People, roles, guilds and channels as Discord returns them. */
export function userPayload(user: User): JsonObject {
  return {
    id: user.id,
    username: user.name,
    global_name: user.name,
    discriminator: user.bot ? "0001" : "0",
    avatar: null,
    avatar_decoration_data: null,
    collectibles: null,
    primary_guild: null,
    public_flags: 0,
    flags: 0,
    ...(user.bot ? { bot: true } : {}),
  };
}

export function memberPayload(world: World, guild: Guild, userId: string): JsonObject {
  const member = guild.members.get(userId)!;
  return {
    user: userPayload(world.users.get(userId)!),
    nick: null,
    avatar: null,
    banner: null,
    roles: [...member.roleIds],
    joined_at: new Date(member.joinedAt).toISOString(),
    premium_since: null,
    communication_disabled_until: null,
    pending: false,
    deaf: false,
    mute: false,
    flags: 0,
  };
}

export function rolePayload(role: Role, position: number): JsonObject {
  return {
    id: role.id,
    name: role.name,
    permissions: String(role.permissions),
    position,
    color: 0,
    colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
    hoist: false,
    managed: false,
    mentionable: false,
    icon: null,
    unicode_emoji: null,
    flags: 0,
  };
}

/** `viewerId` determines `permissions`, which interactions include. */
export function channelPayload(world: World, channel: Channel, viewerId?: string): JsonObject {
  const base = {
    id: channel.id,
    flags: 0,
    last_message_id: world.messages.get(channel.id)?.at(-1)?.id ?? null,
    ...(viewerId === undefined ? {} : { permissions: String(permissionsIn(world, channel, viewerId)) }),
  };
  const recipients = channel.recipientIds
    .filter((id) => id !== world.application.botUserId)
    .map((id) => userPayload(world.users.get(id)!));
  switch (channel.kind) {
    case "direct":
      return { ...base, type: 1, recipients };
    case "group":
      return { ...base, type: 3, recipients, name: channel.name, icon: null, owner_id: channel.recipientIds[0] };
    case "thread":
      return {
        ...base,
        type: 11,
        guild_id: channel.guildId,
        parent_id: channel.parentId,
        name: channel.name,
        owner_id: world.guilds.get(channel.guildId!)!.ownerId,
        message_count: 0,
        member_count: 1,
        total_message_sent: 0,
        rate_limit_per_user: 0,
        thread_metadata: {
          archived: channel.archived,
          locked: channel.locked,
          auto_archive_duration: 1_440,
          archive_timestamp: new Date(0).toISOString(),
          create_timestamp: new Date(0).toISOString(),
        },
      };
    case "text":
      return {
        ...base,
        type: 0,
        guild_id: channel.guildId,
        parent_id: null,
        name: channel.name,
        position: 0,
        nsfw: false,
        topic: null,
        rate_limit_per_user: 0,
        permission_overwrites: channel.overwrites.map(({ id, type, allow, deny }) => ({
          id,
          type,
          allow: String(allow),
          deny: String(deny),
        })),
      };
  }
}

export function guildPayload(world: World, guild: Guild): JsonObject {
  const channels = [...world.channels.values()];
  return {
    id: guild.id,
    name: guild.name,
    icon: null,
    description: null,
    home_header: null,
    splash: null,
    discovery_splash: null,
    banner: null,
    features: [],
    owner_id: guild.ownerId,
    application_id: null,
    region: "deprecated",
    afk_channel_id: null,
    afk_timeout: 300,
    system_channel_id: channels.find((channel) => channel.guildId === guild.id)?.id ?? null,
    system_channel_flags: 0,
    widget_enabled: false,
    widget_channel_id: null,
    verification_level: 0,
    roles: [...guild.roles.values()].map(rolePayload),
    default_message_notifications: 0,
    mfa_level: 0,
    explicit_content_filter: 0,
    max_presences: null,
    max_members: 500_000,
    max_stage_video_channel_users: 50,
    max_video_channel_users: 25,
    vanity_url_code: null,
    premium_tier: guild.boostTier,
    premium_subscription_count: 0,
    preferred_locale: guild.locale,
    rules_channel_id: null,
    safety_alerts_channel_id: null,
    public_updates_channel_id: null,
    premium_progress_bar_enabled: false,
    premium_progress_bar_enabled_user_updated_at: null,
    nsfw: false,
    nsfw_level: 0,
    emojis: [],
    stickers: [],
    incidents_data: null,
  };
}

/** GUILD_CREATE: the guild with its channels, threads and the bot's own membership. */
export function guildCreatePayload(world: World, guild: Guild): JsonObject {
  const own = [...world.channels.values()].filter((channel) => channel.guildId === guild.id);
  return {
    ...guildPayload(world, guild),
    joined_at: new Date(guild.members.get(world.application.botUserId)?.joinedAt ?? 0).toISOString(),
    large: false,
    unavailable: false,
    member_count: guild.members.size,
    voice_states: [],
    presences: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
    members: [memberPayload(world, guild, world.application.botUserId)],
    channels: own.filter(({ kind }) => kind === "text").map((channel) => channelPayload(world, channel)),
    threads: own
      .filter(({ kind, archived }) => kind === "thread" && !archived)
      .map((channel) => channelPayload(world, channel)),
  };
}

export function applicationPayload(world: World, intentFlags: number): JsonObject {
  const { application } = world;
  return {
    id: application.id,
    name: application.name,
    icon: null,
    description: "",
    type: null,
    bot: userPayload(world.users.get(application.botUserId)!),
    bot_public: true,
    bot_require_code_grant: false,
    verify_key: "0".repeat(64),
    flags: intentFlags,
    flags_new: String(intentFlags),
    redirect_uris: [],
    interactions_endpoint_url: null,
    role_connections_verification_url: null,
    owner: userPayload(world.users.get(application.ownerId)!),
    approximate_guild_count: world.guilds.size,
    approximate_user_install_count: [...world.users.values()].filter((user) => user.installedApp).length,
    approximate_user_authorization_count: 0,
    explicit_content_filter: 0,
    team: null,
    eligible_oauth2_scopes: [],
    integration_types_config: { "0": {}, "1": {} },
  };
}
