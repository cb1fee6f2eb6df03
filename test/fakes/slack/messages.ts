import type { AppMentionEvent, GenericMessageEvent, SlackEvent } from "@slack/types";
import type { JsonObject } from "../json.ts";
import type { Base } from "./context.ts";
import { channelTypes, type Events } from "./events.ts";
import type { Files } from "./files.ts";
import { slackFilesIn } from "./message-blocks.ts";
import { messagePayload } from "./message-payload.ts";
import { type Mentions, mentionsOf, noMentions, type Piece, piecesOf, shownText } from "./mrkdwn.ts";
import { type Channel, isMember, type Message, type Notification } from "./world.ts";

/** The content of a message. */
export interface Draft {
  readonly text?: string;
  /** `full` if the caller asked Slack to find names; `markdown` for markdown_text. */
  readonly reading?: Piece["reading"];
  readonly blocks?: JsonObject[];
  readonly attachments?: JsonObject[];
  readonly metadata?: JsonObject | null;
  readonly fileIds?: string[];
}

export interface Post extends Draft {
  readonly channel: Channel;
  readonly userId: string;
  readonly threadTs?: string | null;
  readonly broadcast?: boolean;
  readonly subtype?: Message["subtype"];
  readonly ephemeralFor?: string | null;
  readonly unfurl?: Message["unfurl"];
  readonly streaming?: boolean;
}

export interface Messages {
  post(post: Post): Message;
  /** Replaces the contents; anything the draft leaves out stays. Notifies nobody. */
  edit(message: Message, draft: Draft): void;
  remove(message: Message): void;
  find(channelId: string, ts: string): Message | null;
  in(channelId: string): readonly Message[];
}

export function createMessages(base: Base, files: Files, events: Events): Messages {
  const { world, ids, clock, app, changed } = base;

  function readingOf(draft: Draft): Mentions {
    const text = { text: draft.text ?? "", reading: draft.reading ?? "mrkdwn" } as const;
    const attached = draft.attachments ?? [];
    const loose = attached.flatMap(({ text: own, pretext, title }) =>
      [own, pretext, title].filter((piece) => typeof piece === "string"),
    );
    return mentionsOf(
      [
        text,
        ...piecesOf([...(draft.blocks ?? []), ...attached]),
        ...loose.map((own) => ({ text: own, reading: "mrkdwn" as const })),
      ],
      [...(draft.blocks ?? []), ...attached],
    );
  }

  function participants(channelId: string, threadTs: string): string[] {
    return messages
      .in(channelId)
      .filter((message) => message.ts === threadTs || message.threadTs === threadTs)
      .map(({ userId }) => userId);
  }

  function notify(message: Message, channel: Channel): void {
    const reasons = new Map<string, Notification["reason"]>();
    const add = (reason: Notification["reason"], userIds: Iterable<string>) => {
      for (const userId of userIds) {
        if (
          userId !== message.userId &&
          userId !== app.botUserId &&
          isMember(channel, userId) &&
          !reasons.has(userId)
        ) {
          reasons.set(userId, reason);
        }
      }
    };
    if (channel.kind === "direct" || channel.kind === "group") {
      add("direct", channel.members);
    }
    add("mention", message.mentions.userIds);
    for (const id of message.mentions.groupIds) {
      add("group", world.groups.get(id)?.members ?? []);
    }
    if (message.mentions.broadcasts.length > 0) {
      add("broadcast", channel.members);
    }
    if (message.threadTs !== null) {
      add("thread", participants(channel.id, message.threadTs));
    }
    for (const [userId, reason] of reasons) {
      message.notified.push(userId);
      const text = shownText({ text: message.text, reading: "mrkdwn" }, () => null);
      world.notifications.push({ userId, channelId: channel.id, ts: message.ts, reason, text });
    }
  }

  function tell(message: Message, channel: Channel): void {
    if (message.ephemeralFor !== null || !isMember(channel, app.botUserId)) {
      return;
    }
    const payload = messagePayload(base, files, message, "event");
    const event = {
      ...payload,
      // Files that the app shares may come back as if a person had shared them: Bolt, too, goes by the user's id.
      ...(message.subtype === "file_share" ? { bot_id: undefined, app_id: undefined, bot_profile: undefined } : {}),
      channel: channel.id,
      channel_type: channelTypes[channel.kind],
      event_ts: message.ts,
    } as unknown as GenericMessageEvent;
    events.dispatch(event, { channel });
    tellMention(message, channel, payload);
  }

  /** Told again, as another event, whenever a person edits a message that mentions the app. */
  function tellMention(message: Message, channel: Channel, payload: JsonObject): void {
    const named = message.mentions.userIds.includes(app.botUserId);
    if (named && !message.byApp && (channel.kind === "public" || channel.kind === "private")) {
      const mention = {
        type: "app_mention",
        user: message.userId,
        text: message.text,
        ...(payload.files === undefined ? {} : { files: payload.files as AppMentionEvent["files"] }),
        ts: message.ts,
        ...(message.threadTs === null ? {} : { thread_ts: message.threadTs }),
        ...(message.edited === null ? {} : { edited: { user: message.edited.userId, ts: message.edited.ts } }),
        channel: channel.id,
        event_ts: message.edited?.ts ?? message.ts,
      } satisfies Extract<SlackEvent, { type: "app_mention" }>;
      events.dispatch(mention, { channel });
    }
  }

  const messages: Messages = {
    post({ channel, userId, ...given }) {
      const message: Message = {
        ts: ids.ts(),
        channelId: channel.id,
        userId,
        byApp: userId === app.botUserId,
        createdAt: clock.now(),
        threadTs: given.threadTs ?? null,
        broadcast: given.broadcast ?? false,
        subtype: given.subtype ?? null,
        ephemeralFor: given.ephemeralFor ?? null,
        unfurl: given.unfurl ?? { links: false, media: true },
        text: given.text ?? "",
        blocks: given.blocks ?? [],
        attachments: given.attachments ?? [],
        metadata: given.metadata ?? null,
        fileIds: given.fileIds ?? [],
        hiddenFileIds: new Set(),
        mentions: noMentions,
        edited: null,
        streaming: given.streaming ?? false,
        reactions: [],
        notified: [],
      };
      message.mentions = readingOf(given);
      const list = world.messages.get(channel.id) ?? [];
      list.push(message);
      world.messages.set(channel.id, list);
      if (message.ephemeralFor === null) {
        notify(message, channel);
      }
      tell(message, channel);
      changed();
      return message;
    },
    edit(message, draft) {
      const before = messagePayload(base, files, message, "event");
      const shownBefore = new Set([
        ...message.fileIds.filter((id) => !message.hiddenFileIds.has(id)),
        ...slackFilesIn(files, message.blocks).filter((id) => !message.hiddenFileIds.has(id)),
      ]);
      message.text = draft.text ?? message.text;
      message.blocks = draft.blocks ?? message.blocks;
      message.attachments = draft.attachments ?? message.attachments;
      message.metadata = draft.metadata ?? message.metadata;
      message.fileIds = draft.fileIds ?? message.fileIds;
      message.mentions = readingOf({ ...message, reading: draft.reading });
      // An update that names a file which was never shared does not make it visible.
      message.hiddenFileIds = new Set(
        [...message.fileIds, ...slackFilesIn(files, message.blocks)].filter(
          (id) => !shownBefore.has(id) && (files.byId(id)?.shares.length ?? 0) === 0,
        ),
      );
      if (message.ephemeralFor === null) {
        message.edited = { userId: message.userId, ts: ids.ts() };
        const channel = world.channels.get(message.channelId)!;
        if (isMember(channel, app.botUserId)) {
          const event = {
            type: "message",
            subtype: "message_changed",
            hidden: true,
            channel: channel.id,
            channel_type: channelTypes[channel.kind],
            ts: message.edited.ts,
            event_ts: message.edited.ts,
            message: messagePayload(base, files, message, "event"),
            previous_message: before,
          };
          events.dispatch(event as unknown as SlackEvent, { channel });
          tellMention(message, channel, event.message);
        }
      }
      changed();
    },
    remove(message) {
      const list = world.messages.get(message.channelId) ?? [];
      const at = list.indexOf(message);
      if (at !== -1) {
        list.splice(at, 1);
      }
      const channel = world.channels.get(message.channelId)!;
      if (message.ephemeralFor === null && isMember(channel, app.botUserId)) {
        const now = ids.ts();
        const event = {
          type: "message",
          subtype: "message_deleted",
          hidden: true,
          channel: channel.id,
          channel_type: channelTypes[channel.kind],
          ts: now,
          event_ts: now,
          deleted_ts: message.ts,
          previous_message: messagePayload(base, files, message, "event"),
        };
        events.dispatch(event as unknown as SlackEvent, { channel });
      }
      changed();
    },
    find: (channelId, ts) => messages.in(channelId).find((message) => message.ts === ts) ?? null,
    in: (channelId) => world.messages.get(channelId) ?? [],
  };
  return messages;
}
