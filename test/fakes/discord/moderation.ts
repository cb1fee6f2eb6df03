import type { Context } from "./context.ts";
import type { Messages } from "./messages.ts";
import { channelPayload, guildPayload } from "./payloads.ts";
import { type PermissionName, permissionBits } from "./permissions.ts";
import type { Channel, Guild, Message, Role } from "./world.ts";

/** What administrators do to guilds, channels and messages. */
export interface Moderation {
  /** Denies the bot permissions in a channel. */
  revoke(channel: Channel, ...names: PermissionName[]): void;
  /** Removes such denials again. */
  restore(channel: Channel, ...names: PermissionName[]): void;
  /** Denies or allows a role, a person or (by the guild's id) everyone. */
  overwrite(
    channel: Channel,
    id: string,
    rule: { allow?: readonly PermissionName[]; deny?: readonly PermissionName[] },
  ): void;
  setRolePermissions(role: Role, names: readonly PermissionName[]): void;
  archive(thread: Channel, options?: { readonly locked?: boolean }): void;
  deleteChannel(channel: Channel): void;
  deleteMessage(message: Pick<Message, "id">): void;
  /** Kicks the bot. */
  removeBot(guild: Guild): void;
}

const bitsOf = (names: readonly PermissionName[]) => names.reduce((sum, name) => sum | permissionBits[name], 0n);

export function createModeration(context: Context, messages: Messages): Moderation {
  const { world } = context;
  const bot = world.application.botUserId;

  function announce(channel: Channel): void {
    const event = channel.kind === "thread" ? "THREAD_UPDATE" : "CHANNEL_UPDATE";
    if (channel.guildId !== null) {
      context.dispatch(event, channelPayload(world, channel));
    }
    context.changed();
  }

  function ruleOf(channel: Channel, id: string) {
    const ruling = channel.parentId === null ? channel : (world.channels.get(channel.parentId) ?? channel);
    const isRole = ruling.guildId !== null && world.guilds.get(ruling.guildId)?.roles.has(id);
    let rule = ruling.overwrites.find((overwrite) => overwrite.id === id);
    if (rule === undefined) {
      rule = { id, type: isRole ? 0 : 1, allow: 0n, deny: 0n };
      ruling.overwrites.push(rule);
    }
    return rule;
  }

  return {
    revoke(channel, ...names) {
      const rule = ruleOf(channel, bot);
      rule.deny |= bitsOf(names);
      rule.allow &= ~bitsOf(names);
      announce(channel);
    },
    restore(channel, ...names) {
      ruleOf(channel, bot).deny &= ~bitsOf(names);
      announce(channel);
    },
    overwrite(channel, id, { allow = [], deny = [] }) {
      const rule = ruleOf(channel, id);
      rule.allow = (rule.allow | bitsOf(allow)) & ~bitsOf(deny);
      rule.deny = (rule.deny | bitsOf(deny)) & ~bitsOf(allow);
      announce(channel);
    },
    setRolePermissions(role, names) {
      role.permissions = bitsOf(names);
      context.changed();
    },
    archive(thread, { locked = false } = {}) {
      thread.archived = true;
      thread.locked = locked;
      announce(thread);
    },
    deleteChannel(channel) {
      for (const thread of [...world.channels.values()].filter(({ parentId }) => parentId === channel.id)) {
        this.deleteChannel(thread);
      }
      const event = channel.kind === "thread" ? "THREAD_DELETE" : "CHANNEL_DELETE";
      const payload = channelPayload(world, channel);
      world.channels.delete(channel.id);
      world.messages.delete(channel.id);
      context.dispatch(event, payload);
      context.changed();
    },
    deleteMessage({ id }) {
      const message = messages.byId(id);
      if (message !== null) {
        messages.remove(message);
      }
    },
    removeBot(guild) {
      const payload = guildPayload(world, guild);
      guild.members.delete(bot);
      context.dispatch("GUILD_DELETE", { id: payload.id, unavailable: undefined });
      context.changed();
    },
  };
}
