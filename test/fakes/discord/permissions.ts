import type { Channel, Guild, World } from "./world.ts";

export const permissionBits = {
  ADMINISTRATOR: 1n << 3n,
  MANAGE_GUILD: 1n << 5n,
  VIEW_CHANNEL: 1n << 10n,
  SEND_MESSAGES: 1n << 11n,
  MANAGE_MESSAGES: 1n << 13n,
  EMBED_LINKS: 1n << 14n,
  ATTACH_FILES: 1n << 15n,
  READ_MESSAGE_HISTORY: 1n << 16n,
  MENTION_EVERYONE: 1n << 17n,
  USE_APPLICATION_COMMANDS: 1n << 31n,
  MANAGE_THREADS: 1n << 34n,
  SEND_MESSAGES_IN_THREADS: 1n << 38n,
  USE_EXTERNAL_APPS: 1n << 50n,
} as const;

export type PermissionName = keyof typeof permissionBits;

const allPermissions = Object.values(permissionBits).reduce((sum, bit) => sum | bit, 0n);
/** What `@everyone` may do in a new guild. */
export const usualPermissions =
  allPermissions &
  ~(
    permissionBits.ADMINISTRATOR |
    permissionBits.MANAGE_GUILD |
    permissionBits.MANAGE_MESSAGES |
    permissionBits.MANAGE_THREADS |
    permissionBits.MENTION_EVERYONE
  );
/** In a direct conversation every participant may do everything a conversation needs. */
const directPermissions =
  usualPermissions & ~(permissionBits.SEND_MESSAGES_IN_THREADS | permissionBits.USE_EXTERNAL_APPS);

function guildPermissions(guild: Guild, userId: string): bigint {
  const member = guild.members.get(userId);
  if (member === undefined) {
    return 0n;
  }
  if (guild.ownerId === userId) {
    return allPermissions;
  }
  let granted = guild.roles.get(guild.id)?.permissions ?? 0n;
  for (const roleId of member.roleIds) {
    granted |= guild.roles.get(roleId)?.permissions ?? 0n;
  }
  return granted & permissionBits.ADMINISTRATOR ? allPermissions : granted;
}

/** What somebody may do in a channel: roles, then the channel's overwrites for everyone, for roles, for the member. */
export function permissionsIn(world: World, channel: Channel, userId: string): bigint {
  if (channel.guildId === null) {
    return channel.recipientIds.includes(userId) ? directPermissions : 0n;
  }
  const guild = world.guilds.get(channel.guildId);
  const member = guild?.members.get(userId);
  if (guild === undefined || member === undefined) {
    return 0n;
  }
  let granted = guildPermissions(guild, userId);
  if (granted & permissionBits.ADMINISTRATOR) {
    return allPermissions;
  }
  const ruling = channel.parentId === null ? channel : (world.channels.get(channel.parentId) ?? channel);
  const apply = (ids: readonly string[]) => {
    const matching = ruling.overwrites.filter((overwrite) => ids.includes(overwrite.id));
    for (const { deny } of matching) {
      granted &= ~deny;
    }
    for (const { allow } of matching) {
      granted |= allow;
    }
  };
  apply([guild.id]);
  apply(member.roleIds);
  apply([userId]);
  return granted & permissionBits.VIEW_CHANNEL ? granted : 0n;
}

export function may(world: World, channel: Channel, userId: string, ...names: PermissionName[]): boolean {
  const granted = permissionsIn(world, channel, userId);
  return names.every((name) => (granted & permissionBits[name]) !== 0n);
}
