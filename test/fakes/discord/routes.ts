import type { JsonObject } from "../json.ts";
import type { Part } from "../multipart.ts";
import type { BucketName } from "./rate-limits.ts";

interface Route {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** As spelled in the OpenAPI file. */
  readonly path: string;
  readonly bucket: BucketName;
  /** The parameter that splits the bucket, in addition to the route. */
  readonly major?: string;
  /** Routes of interactions need no bot token and are outside the global limit. */
  readonly byInteraction?: true;
}

const applicationCommands = "/applications/{application_id}/commands";
const guildCommands = "/applications/{application_id}/guilds/{guild_id}/commands";
const messages = "/channels/{channel_id}/messages";
const webhook = "/webhooks/{webhook_id}/{webhook_token}";
const byToken = { bucket: "webhook", major: "webhook_token", byInteraction: true } as const;
const command = { bucket: "commands" } as const;
const other = { bucket: "others" } as const;
const inChannel = { major: "channel_id" } as const;

/** Every route of this server, under the names that faults and records use. */
export const routes = {
  gateway: { method: "GET", path: "/gateway/bot", ...other },
  "own-user": { method: "GET", path: "/users/@me", ...other },
  "own-application": { method: "GET", path: "/applications/@me", ...other },
  "own-oauth-application": { method: "GET", path: "/oauth2/applications/@me", ...other },
  "own-guilds": { method: "GET", path: "/users/@me/guilds", ...other },
  "open-direct": { method: "POST", path: "/users/@me/channels", bucket: "directs" },
  user: { method: "GET", path: "/users/{user_id}", ...other },
  guild: { method: "GET", path: "/guilds/{guild_id}", ...other },
  "guild-channels": { method: "GET", path: "/guilds/{guild_id}/channels", ...other },
  "guild-roles": { method: "GET", path: "/guilds/{guild_id}/roles", ...other },
  member: { method: "GET", path: "/guilds/{guild_id}/members/{user_id}", ...other },
  channel: { method: "GET", path: "/channels/{channel_id}", ...other, ...inChannel },
  "list-commands": { method: "GET", path: applicationCommands, ...command },
  "set-commands": { method: "PUT", path: applicationCommands, ...command },
  "create-command": { method: "POST", path: applicationCommands, ...command },
  "get-command": { method: "GET", path: `${applicationCommands}/{command_id}`, ...command },
  "edit-command": { method: "PATCH", path: `${applicationCommands}/{command_id}`, ...command },
  "delete-command": { method: "DELETE", path: `${applicationCommands}/{command_id}`, ...command },
  "list-guild-commands": { method: "GET", path: guildCommands, ...command },
  "set-guild-commands": { method: "PUT", path: guildCommands, ...command },
  "create-guild-command": { method: "POST", path: guildCommands, ...command },
  "get-guild-command": { method: "GET", path: `${guildCommands}/{command_id}`, ...command },
  "edit-guild-command": { method: "PATCH", path: `${guildCommands}/{command_id}`, ...command },
  "delete-guild-command": { method: "DELETE", path: `${guildCommands}/{command_id}`, ...command },
  "list-messages": { method: "GET", path: messages, bucket: "reads", ...inChannel },
  "create-message": { method: "POST", path: messages, bucket: "messages", ...inChannel },
  "get-message": { method: "GET", path: `${messages}/{message_id}`, bucket: "reads", ...inChannel },
  "edit-message": { method: "PATCH", path: `${messages}/{message_id}`, bucket: "edits", ...inChannel },
  "delete-message": { method: "DELETE", path: `${messages}/{message_id}`, bucket: "deletes", ...inChannel },
  typing: { method: "POST", path: "/channels/{channel_id}/typing", bucket: "typing", ...inChannel },
  callback: {
    method: "POST",
    path: "/interactions/{interaction_id}/{interaction_token}/callback",
    bucket: "others",
    major: "interaction_id",
    byInteraction: true,
  },
  "follow-up": { method: "POST", path: webhook, ...byToken },
  "get-original": { method: "GET", path: `${webhook}/messages/@original`, ...byToken },
  "edit-original": { method: "PATCH", path: `${webhook}/messages/@original`, ...byToken },
  "delete-original": { method: "DELETE", path: `${webhook}/messages/@original`, ...byToken },
  "get-follow-up": { method: "GET", path: `${webhook}/messages/{message_id}`, ...byToken },
  "edit-follow-up": { method: "PATCH", path: `${webhook}/messages/{message_id}`, ...byToken },
  "delete-follow-up": { method: "DELETE", path: `${webhook}/messages/{message_id}`, ...byToken },
} as const satisfies Record<string, Route>;

export type RouteName = keyof typeof routes;

export interface ApiRequest {
  /** Path parameters, by their names in the route's path. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The JSON body (or the `payload_json` part); an empty object if there is none. */
  readonly json: JsonObject;
  /** The body if it is a list. */
  readonly list: readonly unknown[] | null;
  readonly parts: readonly Part[];
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

export type Handler = (request: ApiRequest) => Answer;
export type Handlers<Names extends RouteName> = { readonly [Name in Names]: Handler };

const patterns = (Object.entries(routes) as [RouteName, Route][])
  .map(([name, route]) => ({
    name,
    route,
    pattern: new RegExp(`^${route.path.replace(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`),
    fixed: !route.path.split("/").at(-1)!.startsWith("{"),
  }))
  // "@me" and "@original" come before the parameter that would match them.
  .sort((one, another) => Number(another.fixed) - Number(one.fixed));

export function matchRoute(
  method: string,
  path: string,
): { name: RouteName; route: Route; parameters: Record<string, string> } | null {
  for (const { name, route, pattern } of patterns) {
    const match = method === route.method ? pattern.exec(path) : null;
    if (match !== null) {
      return { name, route, parameters: { ...match.groups } };
    }
  }
  return null;
}

export type { Route };
