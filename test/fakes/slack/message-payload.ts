import type { JsonObject } from "../json.ts";
import type { Base } from "./context.ts";
import type { Files } from "./files.ts";
import type { Message } from "./world.ts";

/** The bot in the form that messages use. */
function botProfile({ app, world, clock }: Base) {
  return {
    id: app.botId,
    app_id: app.id,
    user_id: app.botUserId,
    name: app.name,
    icons: { image_36: "https://a.slack-edge.com/36.png" },
    deleted: false,
    updated: Math.floor(clock.now() / 1000),
    team_id: world.team.id,
  };
}

/** A message as the API returns it; events show files of other workspaces as stubs. */
export function messagePayload(base: Base, files: Files, message: Message, form: "answer" | "event"): JsonObject {
  const { app, world } = base;
  const replies = (world.messages.get(message.channelId) ?? []).filter(
    ({ threadTs, ephemeralFor }) => threadTs === message.ts && ephemeralFor === null,
  );
  const shared = message.fileIds.flatMap((id) => files.byId(id) ?? []);
  return {
    type: "message",
    ...(message.subtype === null ? {} : { subtype: message.subtype }),
    user: message.userId,
    ts: message.ts,
    team: world.users.get(message.userId)?.teamId ?? world.team.id,
    text: message.text,
    ...(message.byApp ? { bot_id: app.botId, app_id: app.id, bot_profile: botProfile(base) } : {}),
    ...(message.blocks.length === 0 ? {} : { blocks: structuredClone(message.blocks) }),
    ...(message.attachments.length === 0 ? {} : { attachments: structuredClone(message.attachments) }),
    ...(message.metadata === null ? {} : { metadata: message.metadata }),
    ...(message.threadTs === null ? {} : { thread_ts: message.threadTs, parent_user_id: parentOf(base, message) }),
    ...(replies.length === 0
      ? {}
      : {
          thread_ts: message.ts,
          reply_count: replies.length,
          reply_users: [...new Set(replies.map(({ userId }) => userId))],
          latest_reply: replies.at(-1)!.ts,
        }),
    ...(message.edited === null ? {} : { edited: { user: message.edited.userId, ts: message.edited.ts } }),
    ...(shared.length === 0
      ? {}
      : {
          files: shared.map((file) => (form === "event" ? files.eventPayload(file) : files.payload(file))),
          upload: message.subtype === "file_share",
        }),
    ...(message.ephemeralFor === null ? {} : { is_ephemeral: true }),
    ...(message.streaming ? { streaming_state: "in_progress" } : {}),
    ...(message.reactions.length === 0
      ? {}
      : { reactions: message.reactions.map(({ name, users }) => ({ name, users: [...users], count: users.length })) }),
  };
}

const parentOf = ({ world }: Base, message: Message) =>
  world.messages.get(message.channelId)?.find(({ ts }) => ts === message.threadTs)?.userId;
