import { isObject, type JsonObject } from "../json.ts";
import type { Judge } from "./judge.ts";

const channelSchemas: Record<number, string> = {
  0: "GuildChannelResponse",
  1: "PrivateChannelResponse",
  3: "PrivateGroupChannelResponse",
  11: "ThreadResponse",
};

/** The faults in those parts of a gateway event that Discord's description covers. */
export function judgeEvent(judge: Judge, event: string, given: JsonObject): string[] {
  if (!judge.on) {
    return [];
  }
  const data = JSON.parse(JSON.stringify(given)) as JsonObject;
  const part = (schema: string, value: unknown, where: string) =>
    value === undefined ? [] : judge.schema(schema, value).map((problem) => `${where}${problem}`);
  const channel = (value: unknown, where: string) =>
    isObject(value) ? part(channelSchemas[Number(value.type)] ?? "ChannelResponse", value, where) : [];
  const each = (value: unknown, check: (item: unknown) => string[]) =>
    (Array.isArray(value) ? value : isObject(value) ? Object.values(value) : []).flatMap(check);

  switch (event) {
    case "MESSAGE_CREATE":
    case "MESSAGE_UPDATE":
      return part("MessageResponse", data, "");
    case "GUILD_CREATE":
      return [
        ...each(data.roles, (role) => part("GuildRoleResponse", role, "role")),
        ...each(data.channels, (item) => channel(item, "channel")),
        ...each(data.threads, (item) => channel(item, "thread")),
        ...each(data.members, (member) => part("GuildMemberResponse", member, "member")),
      ];
    case "INTERACTION_CREATE": {
      const inner = isObject(data.data) ? data.data : {};
      const resolved = isObject(inner.resolved) ? inner.resolved : {};
      return [
        ...part("UserResponse", data.user, "user"),
        ...part("GuildMemberResponse", data.member, "member"),
        ...part("MessageResponse", data.message, "message"),
        ...part("SnowflakeType", data.id, "id"),
        ...part("AvailableLocalesEnum", data.locale, "locale"),
        ...channel(data.channel, "channel"),
        ...each(resolved.messages, (message) => part("MessageResponse", message, "message")),
        ...each(resolved.attachments, (file) => part("MessageAttachmentResponse", file, "attachment")),
      ];
    }
    case "CHANNEL_UPDATE":
    case "THREAD_UPDATE":
      return channel(data, "");
    default:
      return [];
  }
}
