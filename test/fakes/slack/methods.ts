import type * as web from "@slack/web-api";

/** Calls per minute: 1, 20, 50, 100; `posting` is one message per second in a channel; `special` is unlimited here. */
export type Tier = 1 | 2 | 3 | 4 | "posting" | "special";

interface Method {
  readonly tier: Tier;
  /** The kind of token; `bot` by default. `user` is refused for every token this server issues. */
  readonly token?: "app" | "user";
  /** Any one of these admits a bot; the method itself checks what a particular channel needs. */
  readonly scopes?: readonly string[];
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

/** The argument names in the published types, over every variant. */
type Names<Given> = Given extends unknown ? Exclude<keyof Given, "token"> & string : never;

/** A row whose argument names the compiler checks against the types of `@slack/web-api`. */
const of =
  <Given>() =>
  (
    tier: Tier,
    scopes: readonly string[],
    required: readonly Names<NonNullable<Given>>[],
    optional: readonly Names<NonNullable<Given>>[] = [],
    token?: "app" | "user",
  ): Method => ({ tier, scopes, required, optional, ...(token === undefined ? {} : { token }) });

const write = ["chat:write"];
const authorship = ["as_user", "icon_emoji", "icon_url", "username"] as const;
const contents = ["text", "blocks", "attachments", "markdown_text", "parse", "link_names"] as const;
const reads = ["channels:read", "groups:read", "im:read", "mpim:read"];
const history = ["channels:history", "groups:history", "im:history", "mpim:history"];
const opens = ["channels:manage", "groups:write", "im:write", "mpim:write"];
const paging = ["cursor", "limit"] as const;
const timeline = ["latest", "oldest", "inclusive"] as const;
const trigger = ["trigger_id", "interactivity_pointer"] as const;

/** Every method of this server, with the tier, scopes and arguments from Slack's reference. */
export const methods = {
  "apps.connections.open": of<web.AppsConnectionsOpenArguments>()(3, ["connections:write"], [], [], "app"),
  "auth.test": of<web.AuthTestArguments>()("special", [], []),
  "agents.sessions.rename": of<web.AgentsSessionsRenameArguments>()(3, write, ["channel_id", "title"], ["thread_ts"]),
  "agents.sessions.setStatus": of<web.AgentsSessionsSetStatusArguments>()(
    3,
    write,
    ["channel_id", "status"],
    ["thread_ts", "title", "initiator_user_id", "icon_emoji", "icon_url", "username"],
  ),
  "assistant.threads.setStatus": of<web.AssistantThreadsSetStatusArguments>()(
    "special",
    write,
    ["channel_id", "status", "thread_ts"],
    ["loading_messages", "icon_emoji", "icon_url", "username"],
  ),
  "bots.info": of<web.BotsInfoArguments>()(3, ["users:read"], [], ["bot", "team_id"]),
  "chat.appendStream": of<web.ChatAppendStreamArguments>()(4, write, ["channel", "ts"], ["markdown_text", "chunks"]),
  "chat.delete": of<web.ChatDeleteArguments>()(3, write, ["channel", "ts"], ["as_user"]),
  "chat.getPermalink": of<web.ChatGetPermalinkArguments>()("special", [], ["channel", "message_ts"]),
  "chat.postEphemeral": of<web.ChatPostEphemeralArguments>()(
    4,
    write,
    ["channel", "user"],
    [...contents, ...authorship, "thread_ts"],
  ),
  "chat.postMessage": of<web.ChatPostMessageArguments>()(
    "posting",
    write,
    ["channel"],
    [...contents, ...authorship, "thread_ts", "reply_broadcast", "metadata", "mrkdwn", "unfurl_links", "unfurl_media"],
  ),
  "chat.startStream": of<web.ChatStartStreamArguments>()(
    2,
    write,
    ["channel", "thread_ts"],
    [
      "markdown_text",
      "chunks",
      "recipient_team_id",
      "recipient_user_id",
      "task_display_mode",
      "icon_emoji",
      "icon_url",
    ],
  ),
  "chat.stopStream": of<web.ChatStopStreamArguments>()(
    2,
    write,
    ["channel", "ts"],
    ["markdown_text", "chunks", "blocks", "metadata", "session_status"],
  ),
  "chat.update": of<web.ChatUpdateArguments>()(
    3,
    write,
    ["channel", "ts"],
    [...contents, "as_user", "metadata", "file_ids", "reply_broadcast"],
  ),
  "conversations.history": of<web.ConversationsHistoryArguments>()(
    3,
    history,
    ["channel"],
    [...paging, ...timeline, "include_all_metadata"],
  ),
  "conversations.info": of<web.ConversationsInfoArguments>()(
    3,
    reads,
    ["channel"],
    ["include_locale", "include_num_members"],
  ),
  "conversations.members": of<web.ConversationsMembersArguments>()(4, reads, ["channel"], paging),
  "conversations.open": of<web.ConversationsOpenArguments>()(
    3,
    opens,
    [],
    ["channel", "users", "return_im", "prevent_creation"],
  ),
  "conversations.replies": of<web.ConversationsRepliesArguments>()(
    3,
    history,
    ["channel", "ts"],
    [...paging, ...timeline, "include_all_metadata"],
  ),
  "files.completeUploadExternal": of<web.FilesCompleteUploadExternalArguments & { channels?: string }>()(
    4,
    ["files:write"],
    ["files"],
    ["channel_id", "channels", "initial_comment", "thread_ts", "blocks"],
  ),
  "files.delete": of<web.FilesDeleteArguments>()(3, ["files:write"], ["file"]),
  "files.getUploadURLExternal": of<Omit<web.FilesGetUploadURLExternalArguments, "alt_text"> & { alt_txt?: string }>()(
    4,
    ["files:write"],
    ["filename", "length"],
    // The published types call it alt_text; the reference and the service do not know that name.
    ["alt_txt", "snippet_type"],
  ),
  "files.info": of<web.FilesInfoArguments>()(4, ["files:read"], ["file"], ["count", "cursor", "limit", "page"]),
  "files.sharedPublicURL": of<web.FilesSharedPublicURLArguments>()(3, ["files:write"], ["file"], [], "user"),
  "reactions.add": of<web.ReactionsAddArguments>()(3, ["reactions:write"], ["channel", "name", "timestamp"]),
  "reactions.remove": of<web.ReactionsRemoveArguments>()(2, ["reactions:write"], ["name"], ["channel", "timestamp"]),
  "team.info": of<web.TeamInfoArguments>()(3, ["team:read"], [], ["team", "domain"]),
  "usergroups.list": of<web.UsergroupsListArguments>()(
    2,
    ["usergroups:read"],
    [],
    ["include_count", "include_disabled", "include_users", "team_id"],
  ),
  "usergroups.users.list": of<web.UsergroupsUsersListArguments>()(
    2,
    ["usergroups:read"],
    ["usergroup"],
    ["include_disabled", "team_id"],
  ),
  "users.info": of<web.UsersInfoArguments>()(4, ["users:read"], ["user"], ["include_locale"]),
  "views.open": of<web.ViewsOpenArguments>()(4, [], ["view"], trigger),
  "views.publish": of<web.ViewsPublishArguments>()(4, [], ["user_id", "view"], ["hash"]),
  "views.push": of<web.ViewsPushArguments>()(4, [], ["view"], trigger),
  "views.update": of<web.ViewsUpdateArguments>()(4, [], ["view"], ["view_id", "external_id", "hash"]),
} as const satisfies Record<string, Method>;

export type MethodName = keyof typeof methods;

export const isMethod = (name: string): name is MethodName => Object.hasOwn(methods, name);

/** The answer of each method, according to the published types. */
export interface Responses {
  "apps.connections.open": web.AppsConnectionsOpenResponse;
  "auth.test": web.AuthTestResponse;
  "agents.sessions.rename": web.AgentsSessionsRenameResponse;
  "agents.sessions.setStatus": web.AgentsSessionsSetStatusResponse;
  "assistant.threads.setStatus": web.AssistantThreadsSetStatusResponse;
  "bots.info": web.BotsInfoResponse;
  "chat.appendStream": web.ChatAppendStreamResponse;
  "chat.delete": web.ChatDeleteResponse;
  "chat.getPermalink": web.ChatGetPermalinkResponse;
  "chat.postEphemeral": web.ChatPostEphemeralResponse;
  "chat.postMessage": web.ChatPostMessageResponse;
  "chat.startStream": web.ChatStartStreamResponse;
  "chat.stopStream": web.ChatStopStreamResponse;
  "chat.update": web.ChatUpdateResponse;
  "conversations.history": web.ConversationsHistoryResponse;
  "conversations.info": web.ConversationsInfoResponse;
  "conversations.members": web.ConversationsMembersResponse;
  "conversations.open": web.ConversationsOpenResponse;
  "conversations.replies": web.ConversationsRepliesResponse;
  "files.completeUploadExternal": web.FilesCompleteUploadExternalResponse;
  "files.delete": web.FilesDeleteResponse;
  "files.getUploadURLExternal": web.FilesGetUploadURLExternalResponse;
  "files.info": web.FilesInfoResponse;
  "files.sharedPublicURL": web.FilesSharedPublicURLResponse;
  "reactions.add": web.ReactionsAddResponse;
  "reactions.remove": web.ReactionsRemoveResponse;
  "team.info": web.TeamInfoResponse;
  "usergroups.list": web.UsergroupsListResponse;
  "usergroups.users.list": web.UsergroupsUsersListResponse;
  "users.info": web.UsersInfoResponse;
  "views.open": web.ViewsOpenResponse;
  "views.publish": web.ViewsPublishResponse;
  "views.push": web.ViewsPushResponse;
  "views.update": web.ViewsUpdateResponse;
}
