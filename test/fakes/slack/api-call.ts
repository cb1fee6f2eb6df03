import { SlackError } from "./api-error.ts";
import type { Arguments } from "./arguments.ts";
import type { Base } from "./context.ts";
import type { Files } from "./files.ts";
import type { Messages } from "./messages.ts";
import type { MethodName, Responses } from "./methods.ts";
import type { Triggers } from "./triggers.ts";
import type { Views } from "./views.ts";
import { type Channel, isMember, type Message } from "./world.ts";

/** The possible contents of a method's answer besides `ok`; the published types decide. */
export type AnswerOf<Name extends MethodName> = Omit<Responses[Name], "ok" | "error" | "needed" | "provided"> & {
  readonly warning?: string;
};

export type Handler<Name extends MethodName> = (values: Arguments) => AnswerOf<Name>;
export type Handlers<Names extends MethodName> = { readonly [Name in Names]: Handler<Name> };

/** The state that the methods work on. */
export interface Parts extends Base {
  readonly files: Files;
  readonly messages: Messages;
  readonly views: Views;
  readonly triggers: Triggers;
}

/** Refuses unless the app has one of the scopes. */
export function needScope({ app }: Base, ...anyOf: readonly string[]): void {
  if (!anyOf.some((scope) => app.scopes.has(scope))) {
    throw new SlackError("missing_scope", { needed: anyOf.join(","), provided: [...app.scopes].join(",") });
  }
}

const scopePrefixes = { public: "channels", private: "groups", direct: "im", group: "mpim" } as const;

export const scopeOf = (channel: Channel, right: "read" | "history") => `${scopePrefixes[channel.kind]}:${right}`;

/** A channel that the app can see; for the app, others do not exist. */
export function visibleChannel(base: Base, id: string): Channel {
  const channel = base.world.channels.get(id);
  if (channel === undefined || (channel.kind !== "public" && !isMember(channel, base.app.botUserId))) {
    throw new SlackError("channel_not_found");
  }
  return channel;
}

/** The app's conversation with a person; it is created if there is none. */
export function directChannel(base: Base, userId: string): Channel {
  const { world, app, ids, clock } = base;
  const known = [...world.channels.values()].find(
    ({ kind, members }) => kind === "direct" && members.has(userId) && members.has(app.botUserId),
  );
  if (known !== undefined) {
    return known;
  }
  const channel: Channel = {
    id: ids.next("D"),
    kind: "direct",
    name: "directmessage",
    teamId: world.team.id,
    createdAt: clock.now(),
    members: new Set([userId, app.botUserId]),
    shared: false,
    archived: false,
  };
  world.channels.set(channel.id, channel);
  return channel;
}

/** The destination of an app's message: a channel by id, or a person's conversation by the person's id. */
export function postingPlace(base: Base, given: string): Channel {
  const { world, app } = base;
  const user = world.users.get(given);
  const channel = user === undefined ? visibleChannel(base, given) : directChannel(base, user.id);
  if (channel.archived) {
    throw new SlackError("is_archived");
  }
  if (!isMember(channel, app.botUserId) && !app.scopes.has("chat:write.public")) {
    throw new SlackError("not_in_channel");
  }
  const partner = channel.kind === "direct" ? partnerOf(base, channel) : undefined;
  if (partner !== undefined && partner.direct !== "open") {
    throw new SlackError(partner.direct === "messages_tab_disabled" ? "messages_tab_disabled" : "channel_not_found");
  }
  return channel;
}

const partnerOf = ({ world, app }: Base, channel: Channel) =>
  world.users.get([...channel.members].find((id) => id !== app.botUserId) ?? "");

/** The first message of a thread; replies cannot begin one. */
export function threadStart(messages: Messages, channel: Channel, threadTs: string | null): string | null {
  if (threadTs === null) {
    return null;
  }
  const start = messages.find(channel.id, threadTs);
  if (start === null || start.threadTs !== null || start.ephemeralFor !== null) {
    throw new SlackError("cannot_reply_to_message");
  }
  return threadTs;
}

/** The app's own message; `refused` is the code if it is somebody else's. */
export function ownMessage(parts: Parts, values: Arguments, refused: string): Message {
  const channel = visibleChannel(parts, values.string("channel"));
  const message = parts.messages.find(channel.id, values.string("ts"));
  if (message === null || message.ephemeralFor !== null) {
    throw new SlackError("message_not_found");
  }
  if (!message.byApp) {
    throw new SlackError(refused);
  }
  return message;
}
