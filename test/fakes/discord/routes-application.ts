import { refusal } from "./api-error.ts";
import type { Commands } from "./commands.ts";
import type { Context } from "./context.ts";
import {
  applicationPayload,
  channelPayload,
  guildPayload,
  memberPayload,
  rolePayload,
  userPayload,
} from "./payloads.ts";
import { permissionsIn } from "./permissions.ts";
import type { ApiRequest, Handlers } from "./routes.ts";
import type { Guild } from "./world.ts";

type Names =
  | "own-user"
  | "own-application"
  | "own-oauth-application"
  | "own-guilds"
  | "user"
  | "guild"
  | "guild-channels"
  | "guild-roles"
  | "member"
  | "channel"
  | `${"list" | "set" | "create" | "get" | "edit" | "delete"}-${"" | "guild-"}command`
  | `${"list" | "set"}-${"" | "guild-"}commands`;

type CommandNames = Extract<
  Exclude<Names, `list-${string}command` | `set-${string}command`>,
  `${string}command${string}`
>;

export function applicationHandlers(
  context: Context,
  commands: Commands,
  applicationFlags: number,
): Handlers<Exclude<Names, `list-${string}command` | `set-${string}command`>> {
  const { world } = context;
  const bot = world.application.botUserId;

  function ownGuild(request: ApiRequest): Guild {
    const guild = world.guilds.get(request.parameters.guild_id!);
    if (guild === undefined) {
      throw refusal("unknownGuild");
    }
    if (!guild.members.has(bot)) {
      throw refusal("missingAccess");
    }
    return guild;
  }

  function commandHandlers(inGuild: boolean) {
    const scope = (request: ApiRequest): string | null => {
      if (request.parameters.application_id !== world.application.id) {
        throw refusal("unknownApplication");
      }
      if (!inGuild) {
        return null;
      }
      const guild = ownGuild(request);
      if (!guild.acceptsCommands) {
        throw refusal("missingAccess");
      }
      return guild.id;
    };
    const id = (request: ApiRequest) => request.parameters.command_id!;
    return {
      list: (request: ApiRequest) => ({
        status: 200,
        body: commands.list(scope(request), request.query.get("with_localizations") === "true"),
      }),
      set: (request: ApiRequest) => ({ status: 200, body: commands.replaceAll(scope(request), request.list ?? []) }),
      create: (request: ApiRequest) => {
        const { command, created } = commands.upsert(scope(request), request.json);
        return { status: created ? 201 : 200, body: command };
      },
      get: (request: ApiRequest) => ({ status: 200, body: commands.get(scope(request), id(request)) }),
      edit: (request: ApiRequest) => ({
        status: 200,
        body: commands.change(scope(request), id(request), request.json),
      }),
      delete: (request: ApiRequest) => {
        commands.remove(scope(request), id(request));
        return { status: 204 };
      },
    };
  }

  const global = commandHandlers(false);
  const local = commandHandlers(true);
  const application = () => ({ status: 200, body: applicationPayload(world, applicationFlags) });
  const commandRoutes: Handlers<CommandNames> = {
    "list-commands": global.list,
    "set-commands": global.set,
    "create-command": global.create,
    "get-command": global.get,
    "edit-command": global.edit,
    "delete-command": global.delete,
    "list-guild-commands": local.list,
    "set-guild-commands": local.set,
    "create-guild-command": local.create,
    "get-guild-command": local.get,
    "edit-guild-command": local.edit,
    "delete-guild-command": local.delete,
  };

  return {
    ...commandRoutes,
    "own-user": () => ({
      status: 200,
      body: { ...userPayload(world.users.get(bot)!), mfa_enabled: false, locale: "en-US", verified: true, email: null },
    }),
    "own-application": application,
    "own-oauth-application": application,
    "own-guilds": () => ({
      status: 200,
      body: [...world.guilds.values()]
        .filter((guild) => guild.members.has(bot))
        .map((guild) => ({
          id: guild.id,
          name: guild.name,
          icon: null,
          banner: null,
          owner: false,
          permissions: String(guild.roles.get(guild.id)?.permissions ?? 0n),
          features: [],
        })),
    }),
    user: (request) => {
      const user = world.users.get(request.parameters.user_id!);
      if (user === undefined) {
        throw refusal("unknownUser");
      }
      return { status: 200, body: userPayload(user) };
    },
    guild: (request) => ({ status: 200, body: guildPayload(world, ownGuild(request)) }),
    "guild-channels": (request) => {
      const guild = ownGuild(request);
      const channels = [...world.channels.values()].filter(
        ({ guildId, kind }) => guildId === guild.id && kind === "text",
      );
      return { status: 200, body: channels.map((channel) => channelPayload(world, channel)) };
    },
    "guild-roles": (request) => ({ status: 200, body: [...ownGuild(request).roles.values()].map(rolePayload) }),
    member: (request) => {
      const guild = ownGuild(request);
      const userId = request.parameters.user_id!;
      if (!guild.members.has(userId)) {
        throw refusal("unknownMember");
      }
      return { status: 200, body: memberPayload(world, guild, userId) };
    },
    channel: (request) => {
      const channel = world.channels.get(request.parameters.channel_id!);
      if (channel === undefined) {
        throw refusal("unknownChannel");
      }
      if (permissionsIn(world, channel, bot) === 0n) {
        throw refusal("missingAccess");
      }
      return { status: 200, body: channelPayload(world, channel) };
    },
  };
}
