import { isObject, type JsonObject } from "../json.ts";
import type { Context } from "./context.ts";
import { userPayload } from "./payloads.ts";
import type { Message, StoredFile } from "./world.ts";

export function attachmentPayload(context: Context, file: StoredFile): JsonObject {
  const url = context.files.link(file);
  return {
    id: file.id,
    filename: file.filename,
    size: file.bytes.byteLength,
    url,
    proxy_url: url,
    content_type: file.contentType,
    ...(file.description === null ? {} : { description: file.description }),
    ...(file.ephemeral ? { ephemeral: true } : {}),
  };
}

/** Components with freshly signed addresses for the files they show. */
function componentPayload(context: Context, message: Message, value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => componentPayload(context, message, item));
  }
  if (!isObject(value)) {
    return value;
  }
  const file = message.attachments.find(({ id }) => id === value.attachment_id);
  if (file !== undefined) {
    const url = context.files.link(file);
    return { ...value, url, proxy_url: url };
  }
  const shown = Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, componentPayload(context, message, inner)]),
  );
  if (value.type === 13 && isObject(value.file)) {
    const shownFile = message.attachments.find(({ id }) => id === (value.file as JsonObject).attachment_id);
    return { ...shown, name: shownFile?.filename ?? null, size: shownFile?.bytes.byteLength ?? null };
  }
  return shown;
}

/** Ids of the files in components, which are not among the attachments. */
function namedFileIds(value: unknown): unknown[] {
  const items = Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
  const own = isObject(value) && value.attachment_id !== undefined ? [value.attachment_id] : [];
  return [...own, ...items.flatMap(namedFileIds)];
}

/** A message as Discord returns it. The nonce is only in the answer to its sender and in the event. */
export function messagePayload(context: Context, message: Message, nonce: string | null = null): JsonObject {
  const { world } = context;
  const { interaction, reference } = message;
  const channel = world.channels.get(message.channelId);
  const named = namedFileIds(message.components);
  const referenced =
    reference === null
      ? null
      : (world.messages.get(reference.channelId)?.find(({ id }) => id === reference.messageId) ?? null);
  return {
    id: message.id,
    type: message.type,
    channel_id: message.channelId,
    author: userPayload(world.users.get(message.authorId)!),
    content: message.content,
    mentions: message.mentionedIds.map((id) => userPayload(world.users.get(id)!)),
    mention_roles: [...message.pings.roleIds],
    mention_everyone: message.pings.everyone,
    attachments: message.attachments
      .filter(({ id }) => !named.includes(id))
      .map((file) => attachmentPayload(context, file)),
    embeds: message.embeds,
    timestamp: new Date(message.createdAt).toISOString(),
    edited_timestamp: message.editedAt === null ? null : new Date(message.editedAt).toISOString(),
    flags: message.flags,
    components: componentPayload(context, message, message.components),
    pinned: false,
    tts: false,
    ...(nonce === null ? {} : { nonce }),
    ...(message.authorId === world.application.botUserId && interaction !== null
      ? {
          application_id: world.application.id,
          webhook_id: world.application.id,
          interaction_metadata: {
            id: interaction.id,
            type: interaction.type,
            user: userPayload(world.users.get(interaction.userId)!),
            authorizing_integration_owners: interaction.owners,
            ...(interaction.type === 3 ? { interacted_message_id: interaction.interactedMessageId } : {}),
            ...(interaction.type === 5 ? { triggering_interaction_metadata: triggering(context, message) } : {}),
          },
        }
      : {}),
    ...(reference === null
      ? {}
      : {
          message_reference: {
            type: 0,
            channel_id: reference.channelId,
            message_id: reference.messageId,
            ...(channel?.guildId ? { guild_id: channel.guildId } : {}),
          },
          referenced_message:
            referenced === null || referenced.ephemeralFor !== null
              ? null
              : messagePayload(context, { ...referenced, reference: null }),
        }),
  };
}

/** The interaction that opened the modal which a message answers. */
function triggering(context: Context, message: Message): JsonObject {
  const { interaction } = message;
  return {
    id: interaction!.id,
    type: interaction!.interactedMessageId === null ? 2 : 3,
    user: userPayload(context.world.users.get(interaction!.userId)!),
    authorizing_integration_owners: interaction!.owners,
    ...(interaction!.interactedMessageId === null ? {} : { interacted_message_id: interaction!.interactedMessageId }),
  };
}
