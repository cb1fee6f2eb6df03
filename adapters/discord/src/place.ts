import type { Caller, Locale, Place } from "@toolcast/core";
import type { Answer } from "@toolcast/core/chat";
import { nearestLocale } from "@toolcast/core/surface";
import { z } from "zod";
import type { Answerable } from "./discord-api.ts";
import type { Interaction } from "./interaction.ts";
import { missingPermissions } from "./invitation.ts";
import { discordLimits, filesBytes } from "./limits.ts";

export const surfaceId = "discord";
/** The name people know it by. */
export const platformName = "Discord";

/** What is needed to answer in a conversation half an hour and a restart later. Holds no secret. */
const addressSchema = z.object({
  channel: z.string(),
  guild: z.string().optional(),
  /** The interaction that asked. */
  interaction: z.string(),
  /** The first answer's message, if Discord gave its id. */
  original: z.string().optional(),
  /** Whether the bot itself is in the channel; otherwise only answers to interactions reach it. */
  reachable: z.boolean(),
  /** Only the asker sees the answer, and only its token can change it. */
  ephemeral: z.boolean(),
  locale: z.enum(["en", "zh-CN"]),
  /** The largest file accepted, given the limits of the place and of a request. */
  fileBytes: z.number(),
  /** The largest certainly accepted, while nobody has asked which limit the server itself has. Default `fileBytes`. */
  certainBytes: z.number().optional(),
});
export type Address = z.infer<typeof addressSchema>;

/** Null for a place on another surface. */
export function addressOf(place: Place): Address | null {
  return addressSchema.safeParse(place.address).data ?? null;
}

/** The token that reaches an interaction's answer; undefined once it has expired. */
export function tokenOf({ handle }: Pick<Answer, "handle">): Answerable | undefined {
  return handle?.value as unknown as Answerable | undefined;
}

/** Whether only the asker sees the answer. */
export function isEphemeral({ caller }: Pick<Answer, "caller">): boolean {
  return addressOf(caller.place)?.ephemeral ?? false;
}

/** Whether only its token reaches the answer: it is private, or the bot is not in the channel. */
export function onlyByToken({ caller }: Pick<Answer, "caller">): boolean {
  const address = addressOf(caller.place);
  return address === null || address.ephemeral || !address.reachable;
}

/** The user's id on Discord. */
export function userOf(callerId: string): string {
  return callerId.slice(surfaceId.length + 1);
}

/**
 * The stated limit is the larger of the server's and the asker's own by Nitro, which is not the bot's. Outside a server
 * only the asker's can be larger than usual; in one the payload does not tell them apart (`GuildLimits` does), and a
 * refused file is sent smaller.
 */
function fileLimitsIn({
  guild_id: guild,
  attachment_size_limit: stated,
}: Interaction): Pick<Address, "fileBytes" | "certainBytes"> {
  const { attachmentBytes } = discordLimits;
  const fileBytes = Math.max(1, Math.min(stated ?? attachmentBytes, guild ? filesBytes : attachmentBytes));
  return { fileBytes, ...(fileBytes > attachmentBytes ? { certainBytes: attachmentBytes } : {}) };
}

/** Who asks, where, in which language; null when the payload names no user or no channel. */
export function callerOf(interaction: Interaction, { ephemeral }: { ephemeral: boolean }): Caller | null {
  const { member, guild_id: guild, channel_id: channel, channel: about } = interaction;
  const user = member?.user ?? interaction.user;
  if (user === undefined || user === null || channel === undefined || channel === null) {
    return null;
  }
  const locale: Locale = nearestLocale(interaction.locale);
  const address: Address = {
    channel,
    ...(guild ? { guild } : {}),
    interaction: interaction.id,
    reachable: isReachable(interaction),
    ephemeral,
    locale,
    ...fileLimitsIn(interaction),
  };
  const parent = about?.parent_id;
  return {
    id: `${surfaceId}:${user.id}`,
    name: member?.nick ?? user.global_name ?? user.username,
    locale,
    place: { surface: surfaceId, conversation: channel, address },
    roles: (member?.roles ?? []).map((role) => `${surfaceId}:role:${role}`),
    places: [
      `${surfaceId}:channel:${channel}`,
      ...(parent ? [`${surfaceId}:channel:${parent}`] : []),
      ...(guild ? [`${surfaceId}:guild:${guild}`] : []),
    ],
    ...(ephemeral ? { private: true } : {}),
  };
}

const botDirect = 1;
const privateChannel = 2;

/**
 * True in a direct conversation with the bot, or in a server it was installed in and whose channel it may see. An app
 * installed only by its user is in no channel.
 */
function isReachable(interaction: Interaction): boolean {
  const {
    guild_id: guild,
    context,
    authorizing_integration_owners: owners,
    app_permissions: permissions,
  } = interaction;
  if (context === privateChannel) {
    return false;
  }
  if (context === botDirect || !guild) {
    return context === botDirect || context === undefined || context === null;
  }
  const isInstalled = owners === undefined || owners === null || "0" in owners;
  return isInstalled && (!permissions || !missingPermissions(permissions).includes("VIEW_CHANNEL"));
}
