import { systemRandom } from "@toolcast/core";
import type { FileSource } from "@toolcast/core/chat";
import { fileBody, multipartForm } from "@toolcast/core/provider";
import {
  type APIApplication,
  type APIApplicationCommand,
  type APIGuild,
  type APIInteractionResponse,
  type APIMessage,
  type APIUser,
  REST,
  type RESTAPIPartialCurrentUserGuild,
  type RESTOptions,
  type RESTPostAPIChannelMessageJSONBody,
  type RequestData,
  type RouteLike,
  Routes,
} from "discord.js";
import { discordLimits } from "./limits.ts";
import { createMakeRequest } from "./make-request.ts";

/** A message as it is sent, with its files separate. */
export interface MessageBody {
  body: RESTPostAPIChannelMessageJSONBody;
  files: FileSource[];
}

/** How to answer an interaction; `token` is a secret for 15 minutes. */
export interface Answerable {
  application: string;
  token: string;
}

/**
 * The requests this adapter makes. None is retried here, so that nobody gets a message twice. Failures are those of
 * discord.js; `readFailure` reads them.
 */
export interface DiscordApi {
  /** Answers an interaction for the first time; gives the id of the message this created, if any. */
  respond(
    interaction: { id: string; token: string },
    body: APIInteractionResponse,
    signal: AbortSignal,
  ): Promise<string | null>;
  editOriginal(to: Answerable, message: MessageBody): Promise<APIMessage>;
  getOriginal(to: Answerable): Promise<APIMessage>;
  deleteOriginal(to: Answerable): Promise<void>;
  followUp(to: Answerable, message: MessageBody): Promise<APIMessage>;
  createMessage(channel: string, message: MessageBody): Promise<APIMessage>;
  editMessage(channel: string, id: string, message: MessageBody): Promise<APIMessage>;
  getMessage(channel: string, id: string): Promise<APIMessage>;
  /** The next messages after this id, oldest first. */
  messagesAfter(channel: string, id: string): Promise<APIMessage[]>;
  openDirect(user: string): Promise<string>;
  commands(application: string, guild: string | undefined): Promise<APIApplicationCommand[]>;
  putCommand(application: string, guild: string | undefined, command: object): Promise<void>;
  deleteCommand(application: string, guild: string | undefined, id: string): Promise<void>;
  replaceCommands(application: string, guild: string | undefined, commands: readonly object[]): Promise<void>;
  application(): Promise<APIApplication>;
  self(): Promise<APIUser>;
  guilds(): Promise<RESTAPIPartialCurrentUserGuild[]>;
  /** A server that the bot is a member of. */
  guild(id: string): Promise<APIGuild>;
}

/** Stops discord.js from retrying and from waiting for rate limits: the outbox does both. */
const restOptions = {
  retries: 0,
  timeout: 15_000,
  rejectOnRateLimit: () => true,
  // Answers to interactions do not count towards Discord's limit of 50 requests a second, which the outbox enforces for
  // the rest.
  globalRequestsPerSecond: 10_000,
  makeRequest: createMakeRequest(),
};

/** The same with the API's address, if it is not Discord's own. */
export function restOptionsAt(apiUrl: string | undefined): Partial<RESTOptions> {
  return { ...restOptions, ...(apiUrl === undefined ? {} : { api: apiUrl.replace(/\/+$/, "") }) };
}

/** `token` is the bot's, a secret. `apiUrl`: default Discord's own. */
export function createDiscordApi(token: string, apiUrl?: string): DiscordApi {
  const rest = new REST(restOptionsAt(apiUrl));
  // discord.js drops a token that was refused once, even if Discord accepts it again later.
  const authorized = () => rest.setToken(token);
  const commandsRoute = (application: string, guild: string | undefined) =>
    guild === undefined ? Routes.applicationCommands(application) : Routes.applicationGuildCommands(application, guild);
  const commandRoute = (application: string, guild: string | undefined, id: string) =>
    guild === undefined
      ? Routes.applicationCommand(application, id)
      : Routes.applicationGuildCommand(application, guild, id);
  const original = ({ application, token }: Answerable) => Routes.webhookMessage(application, token, "@original");

  return {
    async respond({ id, token }, body, signal) {
      const answer = (await authorized().post(Routes.interactionCallback(id, token), {
        body,
        auth: false,
        signal,
        query: new URLSearchParams({ with_response: "true" }),
      })) as { interaction?: { response_message_id?: string } } | null;
      return answer?.interaction?.response_message_id ?? null;
    },
    editOriginal: async (to, { body, files }) =>
      (await authorized().patch(original(to), { ...(await encoded(body, files)), auth: false })) as APIMessage,
    getOriginal: async (to) => (await authorized().get(original(to), { auth: false })) as APIMessage,
    async deleteOriginal(to) {
      await authorized().delete(original(to), { auth: false });
    },
    followUp: async (to, { body, files }) =>
      (await authorized().post(Routes.webhook(to.application, to.token), {
        ...(await encoded(body, files)),
        auth: false,
        query: new URLSearchParams({ wait: "true" }),
      })) as APIMessage,
    createMessage: async (channel, { body, files }) =>
      (await authorized().post(Routes.channelMessages(channel), await encoded(body, files))) as APIMessage,
    editMessage: async (channel, id, { body, files }) =>
      (await authorized().patch(Routes.channelMessage(channel, id), await encoded(body, files))) as APIMessage,
    getMessage: async (channel, id) => (await authorized().get(Routes.channelMessage(channel, id))) as APIMessage,
    async messagesAfter(channel, id) {
      const page = (await authorized().get(Routes.channelMessages(channel), {
        query: new URLSearchParams({ after: id, limit: String(discordLimits.messagesPerPage) }),
      })) as APIMessage[];
      return page.sort((one, other) => (BigInt(one.id) < BigInt(other.id) ? -1 : 1));
    },
    async openDirect(user) {
      const channel = (await authorized().post(Routes.userChannels(), { body: { recipient_id: user } })) as {
        id: string;
      };
      return channel.id;
    },
    commands: async (application, guild) =>
      (await authorized().get(commandsRoute(application, guild), {
        query: new URLSearchParams({ with_localizations: "true" }),
      })) as APIApplicationCommand[],
    async putCommand(application, guild, body) {
      await authorized().post(commandsRoute(application, guild), { body });
    },
    async deleteCommand(application, guild, id) {
      await authorized().delete(commandRoute(application, guild, id));
    },
    async replaceCommands(application, guild, body) {
      await authorized().put(commandsRoute(application, guild), { body });
    },
    application: async () => (await authorized().get(Routes.currentApplication())) as APIApplication,
    self: async () => (await authorized().get(Routes.user("@me") as RouteLike)) as APIUser,
    guilds: async () => (await authorized().get(Routes.userGuilds())) as RESTAPIPartialCurrentUserGuild[],
    guild: async (id) => (await authorized().get(Routes.guild(id))) as APIGuild,
  };
}

/**
 * A body with its files. discord.js wants it whole, so there is one copy of at most {@link discordLimits.requestBytes}.
 * It does not encode the files: it passes the runtime's own FormData to whichever undici was loaded first in this
 * process, and newer versions reject it.
 */
async function encoded(body: object, files: readonly FileSource[]): Promise<RequestData> {
  if (files.length === 0) {
    return { body };
  }
  const parts = files.map(({ name, source, bytes, contentType }, index) => ({
    ...{ name: `files[${index}]`, fileName: name, type: contentType },
    content: typeof source === "string" ? fileBody(source, bytes) : source,
  }));
  const form = multipartForm([{ name: "payload_json", content: JSON.stringify(body) }, ...parts], systemRandom);
  const whole = new Uint8Array(form.body.bytes);
  let at = 0;
  for await (const piece of form.body.open()) {
    whole.set(piece, at);
    at += piece.byteLength;
  }
  return { body: whole, passThroughBody: true, headers: { "Content-Type": form.contentType } };
}
