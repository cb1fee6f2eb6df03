import type { ChatStopStreamResponse } from "@slack/web-api";
import { isObject, type JsonObject } from "../json.ts";
import { type Handlers, ownMessage, type Parts, postingPlace, threadStart, visibleChannel } from "./api-call.ts";
import { SlackError } from "./api-error.ts";
import type { Arguments } from "./arguments.ts";
import { slackLimits } from "./limits.ts";
import { readBlocks } from "./message-blocks.ts";
import { messagePayload } from "./message-payload.ts";
import { type Channel, isMember } from "./world.ts";

type StreamMethods =
  | "agents.sessions.rename"
  | "agents.sessions.setStatus"
  | "assistant.threads.setStatus"
  | "chat.appendStream"
  | "chat.startStream"
  | "chat.stopStream";

const sessionStates = ["processing", "active", "suspended", "closed"];

/** Streams of text into a thread, and the status of the thread's session. */
export function streamHandlers(parts: Parts): Handlers<StreamMethods> {
  const { messages, world, app, files, ids } = parts;

  /** The text of one part of the stream, whether sent as text or in chunks, and the blocks among the chunks. */
  function piece(values: Arguments): { text: string; blocks: JsonObject[] } {
    const markdown = values.string("markdown_text");
    const chunks = values.structure("chunks", "invalid_chunks") ?? [];
    if (!Array.isArray(chunks) || !chunks.every(isObject)) {
      throw new SlackError("invalid_chunks");
    }
    const blocks: JsonObject[] = [];
    let text = markdown;
    for (const chunk of chunks) {
      switch (chunk.type) {
        case "markdown_text":
          text += String(chunk.text);
          break;
        case "blocks": {
          const own = readBlocks(chunk.blocks, {
            files,
            ids,
            tooLong: "msg_blocks_too_long",
            tooMany: "msg_blocks_too_many",
          });
          blocks.push(...(own ?? []));
          break;
        }
        case "task_update":
        case "plan_update":
          text += `${text === "" ? "" : "\n"}${String(chunk.title)}`;
          break;
        default:
          throw new SlackError("invalid_chunks");
      }
    }
    if (text.length > slackLimits.message.markdownText) {
      throw new SlackError("msg_blocks_too_long");
    }
    return { text, blocks };
  }

  function streaming(values: Arguments) {
    const message = ownMessage(parts, values, "message_not_owned_by_app");
    if (!message.streaming) {
      throw new SlackError("message_not_in_streaming_state");
    }
    return message;
  }

  function session(channel: Channel, threadTs: string | null) {
    return world.sessions.get(`${channel.id} ${threadTs ?? ""}`);
  }

  function setStatus(channel: Channel, threadTs: string | null, status: string, title: string) {
    if (!sessionStates.includes(status)) {
      throw new SlackError("invalid_arguments");
    }
    const known = session(channel, threadTs) ?? { channelId: channel.id, threadTs, status, title };
    known.status = status;
    world.sessions.set(`${channel.id} ${threadTs ?? ""}`, known);
    return known;
  }

  return {
    "chat.startStream"(values) {
      const channel = postingPlace(parts, values.string("channel"));
      if (!isMember(channel, app.botUserId)) {
        throw new SlackError("not_in_channel");
      }
      if (channel.kind !== "direct") {
        for (const name of ["recipient_team_id", "recipient_user_id"]) {
          if (!values.has(name)) {
            throw new SlackError(`missing_${name}`);
          }
        }
        if (!isMember(channel, values.string("recipient_user_id"))) {
          throw new SlackError("user_not_found");
        }
      }
      const { text, blocks } = piece(values);
      const message = messages.post({
        channel,
        userId: app.botUserId,
        text,
        reading: "markdown",
        blocks,
        threadTs: threadStart(messages, channel, values.string("thread_ts")),
        streaming: true,
      });
      return { channel: channel.id, ts: message.ts };
    },
    "chat.appendStream"(values) {
      const message = streaming(values);
      const { text, blocks } = piece(values);
      if (text === "" && blocks.length === 0) {
        throw new SlackError("no_text");
      }
      message.text += text;
      message.blocks.push(...blocks);
      return { channel: message.channelId, ts: message.ts };
    },
    "chat.stopStream"(values) {
      const message = streaming(values);
      const { text, blocks } = piece(values);
      const last = readBlocks(values.structure("blocks", "invalid_blocks"), {
        files,
        ids,
        tooLong: "msg_blocks_too_long",
        tooMany: "msg_blocks_too_many",
      });
      message.streaming = false;
      messages.edit(message, {
        text: message.text + text,
        reading: "markdown",
        blocks: [...message.blocks, ...blocks, ...(last ?? [])],
      });
      if (values.has("session_status")) {
        setStatus(world.channels.get(message.channelId)!, message.threadTs, values.string("session_status"), "");
      }
      const payload = messagePayload(parts, files, message, "answer") as ChatStopStreamResponse["message"];
      return { channel: message.channelId, ts: message.ts, message: payload };
    },
    "agents.sessions.setStatus"(values) {
      const channel = visibleChannel(parts, values.string("channel_id"));
      const { title, status } = setStatus(
        channel,
        values.optional("thread_ts"),
        values.string("status"),
        values.string("title").slice(0, slackLimits.session.title),
      );
      const events = (app.manifest.settings?.event_subscriptions?.bot_events ?? []) as readonly string[];
      const stoppable = events.includes("agent_session_stopped");
      return {
        status,
        agent_status: status,
        title,
        ...(stoppable ? {} : { warning: "missing_agent_session_stopped_event_subscription" }),
      };
    },
    "agents.sessions.rename"(values) {
      const channel = visibleChannel(parts, values.string("channel_id"));
      const known = session(channel, values.optional("thread_ts"));
      const title = values.string("title");
      if (known === undefined || title.length > slackLimits.session.title) {
        throw new SlackError("invalid_arguments");
      }
      known.title = title;
      return { title };
    },
    "assistant.threads.setStatus"(values) {
      const channel = visibleChannel(parts, values.string("channel_id"));
      if (messages.find(channel.id, values.string("thread_ts")) === null) {
        throw new SlackError("invalid_thread_ts");
      }
      return {};
    },
  };
}
