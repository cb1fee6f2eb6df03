import { isObject, type JsonObject } from "../json.ts";
import { DiscordError, refusal } from "./api-error.ts";
import type { Context } from "./context.ts";
import { discordLimits } from "./limits.ts";
import { readMessageBody, readNonce } from "./message-body.ts";
import { messagePayload } from "./message-payload.ts";
import type { Messages } from "./messages.ts";
import { channelPayload } from "./payloads.ts";
import { may, type PermissionName } from "./permissions.ts";
import type { ApiRequest, Handlers } from "./routes.ts";
import { isSnowflake } from "./snowflake.ts";
import { type Channel, isBotIn, type Message } from "./world.ts";

type Names =
  | "list-messages"
  | "create-message"
  | "get-message"
  | "edit-message"
  | "delete-message"
  | "typing"
  | "open-direct";

export function messageHandlers(context: Context, messages: Messages): Handlers<Names> {
  const { world, clock } = context;
  const bot = world.application.botUserId;
  const nonces = new Map<string, { at: number; messageId: string }>();
  const botMay = (channel: Channel, ...names: PermissionName[]) => may(world, channel, bot, ...names);

  /** A channel the bot sees. */
  function channelOf(request: ApiRequest): Channel {
    const channel = world.channels.get(request.parameters.channel_id!);
    if (channel === undefined) {
      throw refusal("unknownChannel");
    }
    if (!isBotIn(world, channel) || !botMay(channel, "VIEW_CHANNEL")) {
      throw refusal("missingAccess");
    }
    return channel;
  }

  function requireSend(channel: Channel): void {
    const send = channel.kind === "thread" ? "SEND_MESSAGES_IN_THREADS" : "SEND_MESSAGES";
    if (!botMay(channel, send) || (channel.locked && !botMay(channel, "MANAGE_THREADS"))) {
      throw refusal("missingPermissions");
    }
    if (channel.kind === "direct") {
      const partner = channel.recipientIds.find((id) => id !== bot) ?? "";
      if (world.users.get(partner)?.refusesDirectMessages) {
        throw refusal("directMessageRefused");
      }
      const shared = [...world.guilds.values()].some(({ members }) => members.has(bot) && members.has(partner));
      if (!shared && !world.users.get(partner)?.installedApp) {
        throw refusal("noMutualGuild");
      }
    }
  }

  function requireMedia(channel: Channel, request: ApiRequest): void {
    const embeds = request.json.embeds;
    if (request.parts.some(({ name }) => name.startsWith("files[")) && !botMay(channel, "ATTACH_FILES")) {
      throw refusal("missingPermissions");
    }
    if (Array.isArray(embeds) && embeds.length > 0 && !botMay(channel, "EMBED_LINKS")) {
      throw refusal("missingPermissions");
    }
  }

  /** The message a request replies to; null if it replies to none, or if it tolerates that the message is lost. */
  function replied(channel: Channel, given: unknown): Message | null {
    if (given === undefined || given === null) {
      return null;
    }
    const reference: JsonObject = isObject(given) ? given : {};
    if (!botMay(channel, "READ_MESSAGE_HISTORY")) {
      throw refusal("noHistoryForReply");
    }
    const found = world.messages
      .get(channel.id)
      ?.find(({ id, ephemeralFor }) => id === String(reference.message_id) && ephemeralFor === null);
    if (found === undefined && reference.fail_if_not_exists !== false) {
      throw new DiscordError(400, 50035, "Invalid Form Body", {
        message_reference: { _errors: [{ code: "REPLIES_UNKNOWN_MESSAGE", message: "Unknown message" }] },
      });
    }
    return found ?? null;
  }

  function remembered(nonce: string | null, enforced: boolean): Message | null {
    const known = nonce !== null && enforced ? nonces.get(nonce) : undefined;
    return known !== undefined && clock.now() - known.at < discordLimits.nonceRememberedMs
      ? messages.byId(known.messageId)
      : null;
  }

  const ownMessage = (request: ApiRequest, channel: Channel): Message => {
    const message = messages.find(channel.id, request.parameters.message_id!);
    if (message.authorId !== bot) {
      throw refusal("otherAuthor");
    }
    return message;
  };

  /** Others' text is empty for an app that may not read it, except in direct messages. */
  const readable = (message: Message, channel: Channel): JsonObject => {
    const payload = messagePayload(context, message);
    const open = message.authorId === bot || channel.guildId === null || context.readsMessageContent;
    return open ? payload : { ...payload, content: "", embeds: [], attachments: [], components: [] };
  };

  return {
    "list-messages": (request) => {
      const channel = channelOf(request);
      const limit = Number(request.query.get("limit") ?? 50);
      const anchors = (["before", "after", "around"] as const).filter((key) => request.query.has(key));
      const wrong = anchors.length > 1 || anchors.some((key) => !isSnowflake(request.query.get(key)));
      if (!Number.isInteger(limit) || limit < 1 || limit > 100 || wrong) {
        throw new DiscordError(400, 50035, "Invalid Form Body", {
          limit: { _errors: [{ code: "NUMBER_TYPE_MAX", message: "Wrong limit or position." }] },
        });
      }
      if (!botMay(channel, "READ_MESSAGE_HISTORY")) {
        return { status: 200, body: [] };
      }
      const all = messages.newestFirst(channel.id);
      const [anchor] = anchors;
      const at = BigInt(anchor === undefined ? 0 : request.query.get(anchor)!);
      const newer = all.filter(({ id }) => BigInt(id) > at);
      const older = all.filter(({ id }) => BigInt(id) < at);
      const here = all.filter(({ id }) => BigInt(id) === at);
      const half = Math.floor(limit / 2);
      const chosen =
        anchor === "before"
          ? older.slice(0, limit)
          : anchor === "after"
            ? newer.slice(-limit)
            : anchor === "around"
              ? [...newer.slice(newer.length - Math.min(half, newer.length)), ...here, ...older.slice(0, half)].slice(
                  0,
                  limit,
                )
              : all.slice(0, limit);
      return { status: 200, body: chosen.map((message) => readable(message, channel)) };
    },
    "create-message": (request) => {
      const channel = channelOf(request);
      requireSend(channel);
      requireMedia(channel, request);
      const nonce = readNonce(request.json);
      const enforced = request.json.enforce_nonce === true;
      const known = remembered(nonce, enforced);
      if (known !== null) {
        return { status: 200, body: messagePayload(context, known, nonce) };
      }
      const draft = readMessageBody(context, request.json, request.parts, {
        channel,
        old: null,
        mayBeEphemeral: false,
      });
      const reference = replied(channel, request.json.message_reference);
      const message = messages.create({
        channel,
        authorId: bot,
        draft,
        type: reference === null ? 0 : 19,
        reference,
        nonce,
      });
      if (nonce !== null) {
        nonces.set(nonce, { at: clock.now(), messageId: message.id });
      }
      return { status: 200, body: messagePayload(context, message, nonce) };
    },
    "get-message": (request) => {
      const channel = channelOf(request);
      if (!botMay(channel, "READ_MESSAGE_HISTORY")) {
        throw refusal("missingAccess");
      }
      return { status: 200, body: readable(messages.find(channel.id, request.parameters.message_id!), channel) };
    },
    "edit-message": (request) => {
      const channel = channelOf(request);
      const message = ownMessage(request, channel);
      requireMedia(channel, request);
      messages.edit(
        message,
        readMessageBody(context, request.json, request.parts, { channel, old: message, mayBeEphemeral: false }),
      );
      return { status: 200, body: messagePayload(context, message) };
    },
    "delete-message": (request) => {
      const channel = channelOf(request);
      const message = messages.find(channel.id, request.parameters.message_id!);
      if (message.authorId !== bot && !botMay(channel, "MANAGE_MESSAGES")) {
        throw refusal("missingPermissions");
      }
      messages.remove(message);
      return { status: 204 };
    },
    typing: (request) => {
      requireSend(channelOf(request));
      return { status: 204 };
    },
    "open-direct": (request) => {
      const userId = String(request.json.recipient_id);
      const user = world.users.get(userId);
      if (user === undefined || user.bot) {
        throw refusal("invalidRecipient");
      }
      return { status: 200, body: channelPayload(world, directChannel(context, userId)) };
    },
  };
}

/** A person's conversation with the bot; there is only one. */
export function directChannel(context: Context, userId: string): Channel {
  const { world } = context;
  const bot = world.application.botUserId;
  for (const channel of world.channels.values()) {
    if (channel.kind === "direct" && channel.recipientIds.includes(userId) && channel.recipientIds.includes(bot)) {
      return channel;
    }
  }
  const channel: Channel = {
    id: context.snowflakes.next(),
    kind: "direct",
    name: "direct",
    guildId: null,
    parentId: null,
    recipientIds: [userId, bot],
    overwrites: [],
    archived: false,
    locked: false,
  };
  world.channels.set(channel.id, channel);
  return channel;
}
