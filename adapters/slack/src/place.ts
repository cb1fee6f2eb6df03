import type { Caller, Locale, Place } from "@toolcast/core";
import type { Answer } from "@toolcast/core/chat";
import { nearestLocale } from "@toolcast/core/surface";
import { z } from "zod";
import type { Person } from "./person.ts";

export const surfaceId = "slack";
/** The name people know it by. */
export const platformName = "Slack";

/** What is needed to answer in a conversation half an hour and a restart later. Holds no secret. */
const addressSchema = z.object({
  /** The workspace; the organisation if Slack names none. */
  team: z.string(),
  /** The organisation that the workspace belongs to, on Enterprise Grid. */
  enterprise: z.string().optional(),
  /** A channel; a person's id means their conversation with the bot. */
  channel: z.string(),
  /** The message that began the thread. */
  thread: z.string().optional(),
  /** Nobody had replied to that message: an answer opens the thread. */
  opensThread: z.boolean().optional(),
  /** The event that asked. */
  answer: z.string(),
  /** The first answer's message, as {@link messageName} writes it. */
  message: z.string().optional(),
  /** Only the asker sees the answer. */
  ephemeral: z.boolean(),
  /** Nobody but the asker and the bot is there. */
  direct: z.boolean(),
  locale: z.enum(["en", "zh-CN"]),
});
export type Address = z.infer<typeof addressSchema>;

/** Null for a place on another surface. */
export function addressOf(place: Place): Address | null {
  return addressSchema.safeParse(place.address).data ?? null;
}

/** The address of a message on Slack: timestamps are unique only within their channel. */
export interface MessageAddress {
  channel: string;
  ts: string;
}

export function messageName({ channel, ts }: MessageAddress): string {
  return `${channel}/${ts}`;
}

/** Null for a name that is not a message's. */
function readMessageName(name: string | undefined): MessageAddress | null {
  const [, channel, ts] = /^([A-Z0-9]+)\/(\d+\.\d+)$/.exec(name ?? "") ?? [];
  return channel === undefined || ts === undefined ? null : { channel, ts };
}

/**
 * The user's id on Slack. It names no workspace: the one installation's token resolves every id within its workspace or
 * organisation. A second installation's people would be `slack:<workspace>.<user>`, which no id so far looks like.
 */
export function userOf(callerId: string): string {
  return callerId.slice(surfaceId.length + 1);
}

/** The bot's own message that is this answer; null when only a handle reaches it, or there is none. */
export function ownMessage({
  caller,
  message,
  byHandle,
}: Pick<Answer, "caller" | "message" | "byHandle">): MessageAddress | null {
  return byHandle || addressOf(caller.place)?.ephemeral ? null : readMessageName(message);
}

/** What an event says about its sender and place. */
export interface Asked {
  user: string;
  /** As the payload gives them. */
  name?: string | undefined;
  team: string;
  enterprise?: string | undefined;
  channel: string;
  thread?: string | undefined;
  opensThread?: boolean | undefined;
  ephemeral?: boolean;
  /** Nobody but the asker and the bot is there. Default: where the channel is a person. */
  direct?: boolean;
  /** Their language, if it was known already when they were asked. Default English. */
  locale?: Locale;
}

/**
 * Who asks, where, in which language. A sender about whom nothing is known yet counts as an outsider, who may start
 * nothing.
 */
export function callerOf(
  { user, name, team, enterprise, channel, thread, opensThread, locale: asked = "en", ...place }: Asked,
  answer: string,
  person: Person | undefined,
): Caller {
  const locale = person === undefined ? asked : nearestLocale(person.locale);
  const { ephemeral = false, direct = channel === user } = place;
  const address: Address = { team, enterprise, channel, answer, ephemeral, direct, locale, thread, opensThread };
  return {
    id: `${surfaceId}:${user}`,
    name: person?.name ?? name ?? user,
    locale,
    place: { surface: surfaceId, conversation: thread === undefined ? channel : `${channel}/${thread}`, address },
    roles: person === undefined ? [] : [`${surfaceId}:role:${person.kind}`, ...person.groups.map(groupRole)],
    places: [`${surfaceId}:channel:${channel}`, `${surfaceId}:team:${team}`],
    ...(person?.kind === "member" ? {} : { outsider: true }),
    ...(ephemeral ? { private: true } : {}),
  };
}

function groupRole(group: string): string {
  return `${surfaceId}:group:${group}`;
}

/** Where Slack shows something to one person alone: in a thread only once there is a reply that all can see. */
export function placeOfWhisper({
  channel,
  thread,
  opensThread,
}: Pick<Asked, "channel" | "thread" | "opensThread">): Pick<Asked, "channel" | "thread"> {
  return { channel, thread: opensThread ? undefined : thread };
}

/** The thread that a message is in, or would start. */
export function threadBelow({ channel, thread }: Pick<Address, "channel" | "thread">, message: MessageAddress): string {
  return message.channel === channel ? (thread ?? message.ts) : message.ts;
}
