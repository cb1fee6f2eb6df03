import type { ConversationsHistoryResponse, ConversationsRepliesResponse } from "@slack/web-api";
import { directChannel, type Handlers, needScope, type Parts, scopeOf, visibleChannel } from "./api-call.ts";
import { SlackError } from "./api-error.ts";
import type { Arguments } from "./arguments.ts";
import { messagePayload } from "./message-payload.ts";
import { type Channel, isMember, type Message, type User, type UserGroup } from "./world.ts";

type WorkspaceMethods =
  | "auth.test"
  | "bots.info"
  | "conversations.history"
  | "conversations.info"
  | "conversations.members"
  | "conversations.open"
  | "conversations.replies"
  | "team.info"
  | "usergroups.list"
  | "usergroups.users.list"
  | "users.info";

/** What an app can learn about the workspace, its channels and its people. */
export function workspaceHandlers(parts: Parts, workspaceUrl: () => string): Handlers<WorkspaceMethods> {
  const { world, app, clock, messages, files, ids } = parts;
  const seconds = (ms: number) => Math.floor(ms / 1000);

  /** The channel, after checking the scope that its kind requires. */
  function channelFor(values: Arguments, right: "read" | "history"): Channel {
    const channel = visibleChannel(parts, values.string("channel"));
    needScope(parts, scopeOf(channel, right));
    if (right === "history" && !isMember(channel, app.botUserId)) {
      throw new SlackError("not_in_channel");
    }
    return channel;
  }

  function channelObject(channel: Channel) {
    const { kind } = channel;
    const partner = [...channel.members].find((id) => id !== app.botUserId);
    return {
      id: channel.id,
      ...(kind === "direct" ? { user: partner ?? "" } : { name: channel.name, name_normalized: channel.name }),
      created: seconds(channel.createdAt),
      is_channel: kind === "public",
      is_group: kind === "private",
      is_im: kind === "direct",
      is_mpim: kind === "group",
      is_private: kind !== "public",
      is_archived: channel.archived,
      is_general: false,
      is_member: isMember(channel, app.botUserId),
      is_shared: channel.shared,
      is_ext_shared: channel.shared,
      is_org_shared: false,
      context_team_id: world.team.id,
      shared_team_ids: [world.team.id],
    };
  }

  function page<Item>(values: Arguments, all: readonly Item[]): { items: Item[]; next: string } {
    const limit = Math.min(values.integer("limit", 100, 1), 999);
    const from = values.has("cursor") ? Number(Buffer.from(values.string("cursor"), "base64").toString()) : 0;
    if (!Number.isInteger(from)) {
      throw new SlackError("invalid_cursor");
    }
    const next = from + limit < all.length ? Buffer.from(String(from + limit)).toString("base64") : "";
    return { items: all.slice(from, from + limit), next };
  }

  function within(values: Arguments, list: readonly Message[]): Message[] {
    const [oldest, latest] = [values.optional("oldest"), values.optional("latest")];
    const inclusive = values.flag("inclusive");
    return list.filter(
      ({ ts, ephemeralFor }) =>
        ephemeralFor === null &&
        (oldest === null || Number(ts) > Number(oldest) || (inclusive && ts === oldest)) &&
        (latest === null || Number(ts) < Number(latest) || (inclusive && ts === latest)),
    );
  }

  function userObject(user: User, withLocale: boolean) {
    const stranger = user.kind === "stranger";
    const guest = user.kind === "guest" || user.kind === "single-channel guest";
    return {
      id: user.id,
      team_id: user.teamId,
      name: user.name,
      real_name: user.realName,
      deleted: user.direct === "user_disabled",
      tz: "Asia/Shanghai",
      profile: { real_name: user.realName, display_name: user.name, team: user.teamId },
      is_bot: user.kind === "bot",
      is_app_user: false,
      ...(stranger ? { is_stranger: true } : {}),
      is_admin: user.isAdmin,
      is_owner: false,
      is_primary_owner: false,
      is_restricted: guest,
      is_ultra_restricted: user.kind === "single-channel guest",
      updated: seconds(clock.now()),
      ...(withLocale ? { locale: user.locale } : {}),
      ...(world.enterprise === null || stranger
        ? {}
        : {
            enterprise_user: {
              id: user.id,
              enterprise_id: world.enterprise.id,
              enterprise_name: world.enterprise.name,
              is_admin: user.isAdmin,
              is_owner: false,
              teams: [user.teamId, ...user.otherTeamIds],
            },
          }),
    };
  }

  const groupObject = (group: UserGroup) => ({
    id: group.id,
    team_id: world.team.id,
    is_usergroup: true,
    name: group.name,
    handle: group.handle,
    date_delete: group.enabled ? 0 : seconds(clock.now()),
    users: [...group.members],
    user_count: group.members.size,
  });

  function open(values: Arguments): Channel {
    if (values.has("channel")) {
      return visibleChannel(parts, values.string("channel"));
    }
    const userIds = values.list("users");
    if (userIds.length === 0) {
      throw new SlackError("users_list_not_supplied");
    }
    if (userIds.length > 8) {
      throw new SlackError("too_many_users");
    }
    needScope(parts, userIds.length === 1 ? "im:write" : "mpim:write");
    for (const id of userIds) {
      const user = world.users.get(id);
      if (user === undefined) {
        throw new SlackError("user_not_found");
      }
      if (user.direct === "user_disabled" || user.direct === "user_not_visible") {
        throw new SlackError(user.direct);
      }
    }
    if (userIds.length === 1) {
      return directChannel(parts, userIds[0]!);
    }
    const members = new Set([...userIds, app.botUserId]);
    const known = [...world.channels.values()].find(
      (channel) => channel.kind === "group" && [...members].every((id) => channel.members.has(id)),
    );
    const channel: Channel = known ?? {
      id: ids.next("G"),
      kind: "group",
      name: "mpdm",
      teamId: world.team.id,
      createdAt: clock.now(),
      members,
      shared: false,
      archived: false,
    };
    world.channels.set(channel.id, channel);
    return channel;
  }

  const payload = (message: Message) => messagePayload(parts, files, message, "answer");

  return {
    "auth.test": () => ({
      url: workspaceUrl(),
      team: world.team.name,
      user: app.name,
      team_id: world.team.id,
      user_id: app.botUserId,
      bot_id: app.botId,
      is_enterprise_install: app.organisationInstall,
      ...(world.enterprise === null ? {} : { enterprise_id: world.enterprise.id }),
    }),
    "bots.info"(values) {
      const bot = values.string("bot");
      if (bot !== "" && bot !== app.botId) {
        throw new SlackError("bot_not_found");
      }
      const { id: botId, botUserId, name } = { ...app, id: app.botId };
      const icons = { image_36: "", image_48: "", image_72: "" };
      return { bot: { id: botId, app_id: app.id, user_id: botUserId, name, deleted: false, updated: 0, icons } };
    },
    "conversations.info"(values) {
      const channel = channelFor(values, "read");
      const count = values.flag("include_num_members") ? { num_members: channel.members.size } : {};
      return { channel: { ...channelObject(channel), ...count } };
    },
    "conversations.members"(values) {
      const { items, next } = page(values, [...channelFor(values, "read").members]);
      return { members: items, response_metadata: { next_cursor: next } };
    },
    "conversations.history"(values) {
      const channel = channelFor(values, "history");
      const own = messages.in(channel.id).filter(({ threadTs, broadcast }) => threadTs === null || broadcast);
      const { items, next } = page(values, within(values, own).reverse());
      const listed = items.map(payload) as ConversationsHistoryResponse["messages"];
      return { messages: listed, has_more: next !== "", response_metadata: { next_cursor: next } };
    },
    "conversations.replies"(values) {
      const channel = channelFor(values, "history");
      const asked = messages.find(channel.id, values.string("ts"));
      if (asked === null || asked.ephemeralFor !== null) {
        throw new SlackError("thread_not_found");
      }
      const start = asked.threadTs ?? asked.ts;
      const thread = messages.in(channel.id).filter(({ ts, threadTs }) => ts === start || threadTs === start);
      const { items, next } = page(values, within(values, thread));
      const listed = items.map(payload) as ConversationsRepliesResponse["messages"];
      return { messages: listed, has_more: next !== "", response_metadata: { next_cursor: next } };
    },
    "conversations.open"(values) {
      const channel = open(values);
      return { channel: values.flag("return_im") ? channelObject(channel) : { id: channel.id } };
    },
    "team.info"(values) {
      const { enterprise, teams } = world;
      const team = teams.get(values.optional("team") ?? world.team.id);
      if (team === undefined) {
        throw new SlackError("team_not_found");
      }
      const above = enterprise === null ? {} : { enterprise_id: enterprise.id, enterprise_name: enterprise.name };
      return { team: { ...team, email_domain: "", url: `https://${team.domain}.slack.com/`, ...above } };
    },
    "usergroups.list"(values) {
      const all = [...world.groups.values()].filter(({ enabled }) => enabled || values.flag("include_disabled"));
      const withUsers = values.flag("include_users");
      return {
        usergroups: all.map((group) => ({ ...groupObject(group), ...(withUsers ? {} : { users: undefined }) })),
      };
    },
    "usergroups.users.list"(values) {
      const group = world.groups.get(values.string("usergroup"));
      if (group === undefined || (!group.enabled && !values.flag("include_disabled"))) {
        throw new SlackError("no_such_subteam");
      }
      return { users: [...group.members] };
    },
    "users.info"(values) {
      const user = world.users.get(values.string("user"));
      if (user === undefined) {
        throw new SlackError("user_not_found");
      }
      if (user.direct === "user_not_visible") {
        throw new SlackError("user_not_visible");
      }
      return { user: userObject(user, values.flag("include_locale")) };
    },
  };
}
