import type { ChatPostMessageResponse } from "@slack/web-api";
import { isObject, type JsonObject } from "../json.ts";
import {
  type Handlers,
  needScope,
  ownMessage,
  type Parts,
  postingPlace,
  threadStart,
  visibleChannel,
} from "./api-call.ts";
import { refusedFor, SlackError } from "./api-error.ts";
import type { Arguments } from "./arguments.ts";
import { slackLimits } from "./limits.ts";
import { readAttachments, readBlocks } from "./message-blocks.ts";
import { messagePayload } from "./message-payload.ts";
import type { Draft } from "./messages.ts";
import type { Piece } from "./mrkdwn.ts";
import { isMember } from "./world.ts";

type ChatMethods =
  | "chat.delete"
  | "chat.getPermalink"
  | "chat.postEphemeral"
  | "chat.postMessage"
  | "chat.update"
  | "reactions.add"
  | "reactions.remove";

interface Contents extends Draft {
  readonly text?: string;
  readonly reading: Piece["reading"];
  readonly truncated: boolean;
}

export function chatHandlers(parts: Parts): Handlers<ChatMethods> {
  const { messages, files, ids, app, world } = parts;

  function customized(values: Arguments): void {
    if (["username", "icon_url", "icon_emoji"].some((name) => values.has(name))) {
      needScope(parts, "chat:write.customize");
    }
    if (values.flag("as_user")) {
      throw new SlackError("as_user_not_supported");
    }
  }

  function readMetadata(values: Arguments): JsonObject | null {
    const given = values.structure("metadata", "invalid_metadata_format");
    if (given !== undefined && !isObject(given)) {
      throw new SlackError("invalid_metadata_format");
    }
    return given ?? null;
  }

  /** The content; null fields were not given. Text over the limit is cut if `cut`, otherwise refused. */
  function contents(
    values: Arguments,
    { max, cut, tooLong }: { max: number; cut: boolean; tooLong: string },
  ): Contents {
    const markdown = values.optional("markdown_text");
    if (markdown !== null && (values.has("text") || values.has("blocks"))) {
      throw new SlackError("markdown_text_conflict");
    }
    if (markdown !== null && markdown.length > slackLimits.message.markdownText) {
      throw refusedFor("invalid_arguments", [
        "[ERROR] must be less than 12001 characters [json-pointer:/markdown_text]",
      ]);
    }
    const given = markdown ?? values.optional("text");
    if (given !== null && given.length > max && !cut) {
      throw new SlackError("msg_too_long");
    }
    const blocks = readBlocks(values.structure("blocks", "invalid_blocks_format"), { files, ids, tooLong });
    const attachments = readAttachments(values, "invalid_attachments");
    const full = values.string("parse") === "full" || values.flag("link_names");
    return {
      ...(given === null ? {} : { text: given.slice(0, max) }),
      ...(blocks === null ? {} : { blocks }),
      ...(attachments === null ? {} : { attachments }),
      reading: markdown === null ? (full ? "full" : "mrkdwn") : "markdown",
      truncated: given !== null && given.length > max,
    };
  }

  function somethingSaid({ text = "", blocks = [], attachments = [] }: Draft): void {
    if (text === "" && blocks.length === 0 && attachments.length === 0) {
      throw new SlackError("no_text");
    }
  }

  const cutWarning = { warning: "message_truncated", response_metadata: { warnings: ["message_truncated"] } };

  return {
    "chat.postMessage"(values) {
      const channel = postingPlace(parts, values.string("channel"));
      customized(values);
      const { truncated, ...draft } = contents(values, {
        max: slackLimits.message.postText,
        cut: true,
        tooLong: "msg_blocks_too_long",
      });
      somethingSaid(draft);
      const message = messages.post({
        ...draft,
        channel,
        userId: app.botUserId,
        threadTs: threadStart(messages, channel, values.optional("thread_ts")),
        broadcast: values.flag("reply_broadcast"),
        metadata: readMetadata(values),
        unfurl: { links: values.flag("unfurl_links"), media: values.flag("unfurl_media", true) },
      });
      const payload = messagePayload(parts, files, message, "answer") as ChatPostMessageResponse["message"];
      return { channel: channel.id, ts: message.ts, message: payload, ...(truncated ? cutWarning : {}) };
    },
    "chat.postEphemeral"(values) {
      const channel = visibleChannel(parts, values.string("channel"));
      if (channel.archived) {
        throw new SlackError("is_archived");
      }
      if (!isMember(channel, app.botUserId)) {
        throw new SlackError("not_in_channel");
      }
      if (!isMember(channel, values.string("user"))) {
        throw new SlackError("user_not_in_channel");
      }
      customized(values);
      const draft = contents(values, { max: slackLimits.message.postText, cut: false, tooLong: "msg_too_long" });
      somethingSaid(draft);
      const threadTs = threadStart(messages, channel, values.optional("thread_ts"));
      const replies = messages.in(channel.id).filter((other) => other.threadTs === threadTs);
      if (threadTs !== null && !replies.some(({ ephemeralFor }) => ephemeralFor === null)) {
        // In a thread that has no reply yet Slack takes it and shows it to nobody.
        return { message_ts: ids.ts() };
      }
      const message = messages.post({
        ...draft,
        channel,
        userId: app.botUserId,
        threadTs,
        ephemeralFor: values.string("user"),
      });
      return { message_ts: message.ts };
    },
    "chat.update"(values) {
      const message = ownMessage(parts, values, "cant_update_message");
      const channel = world.channels.get(message.channelId)!;
      if (channel.archived) {
        throw new SlackError("is_inactive");
      }
      if (message.streaming) {
        throw new SlackError("streaming_state_conflict");
      }
      const given = contents(values, { max: slackLimits.message.updateText, cut: false, tooLong: "msg_too_long" });
      const fileIds = values.has("file_ids") ? values.list("file_ids") : undefined;
      for (const id of fileIds ?? []) {
        const file = files.byId(id);
        if (file === null || !files.visibleToApp(file)) {
          throw new SlackError("file_not_found");
        }
        if (file.state === "deleted") {
          throw new SlackError("file_deleted");
        }
      }
      if (fileIds === undefined) {
        somethingSaid(given);
      }
      // A new text removes the old blocks and attachments; so does an empty list.
      const draft = {
        ...given,
        ...(given.blocks === undefined && given.text !== undefined ? { blocks: [] } : {}),
        metadata: readMetadata(values),
        ...(fileIds === undefined ? {} : { fileIds }),
      };
      messages.edit(message, draft);
      const payload = messagePayload(parts, files, message, "answer");
      return { channel: channel.id, ts: message.ts, text: message.text, message: payload };
    },
    "chat.delete"(values) {
      const message = ownMessage(parts, values, "cant_delete_message");
      messages.remove(message);
      return { channel: message.channelId, ts: message.ts };
    },
    "chat.getPermalink"(values) {
      const channel = visibleChannel(parts, values.string("channel"));
      const message = messages.find(channel.id, values.string("message_ts"));
      if (message === null || message.ephemeralFor !== null) {
        throw new SlackError("message_not_found");
      }
      const thread = message.threadTs === null ? "" : `?thread_ts=${message.threadTs}&cid=${channel.id}`;
      const permalink = `https://${world.team.domain}.slack.com/archives/${channel.id}/p${message.ts.replace(".", "")}`;
      return { channel: channel.id, permalink: `${permalink}${thread}` };
    },
    "reactions.add"(values) {
      const reactions = reactionsOf(values);
      const name = values.string("name");
      const known = reactions.find((reaction) => reaction.name === name);
      if (known?.users.includes(app.botUserId)) {
        throw new SlackError("already_reacted");
      }
      if (known === undefined) {
        reactions.push({ name, users: [app.botUserId] });
      } else {
        known.users.push(app.botUserId);
      }
      return {};
    },
    "reactions.remove"(values) {
      const reactions = reactionsOf(values);
      const known = reactions.find(({ name }) => name === values.string("name"));
      if (known === undefined || !known.users.includes(app.botUserId)) {
        throw new SlackError("no_reaction");
      }
      known.users.splice(known.users.indexOf(app.botUserId), 1);
      if (known.users.length === 0) {
        reactions.splice(reactions.indexOf(known), 1);
      }
      return {};
    },
  };

  function reactionsOf(values: Arguments) {
    const channel = visibleChannel(parts, values.string("channel"));
    const message = messages.find(channel.id, values.string("timestamp"));
    if (channel.archived) {
      throw new SlackError("is_archived");
    }
    if (message === null || message.ephemeralFor !== null) {
      throw new SlackError("message_not_found");
    }
    return message.reactions;
  }
}
