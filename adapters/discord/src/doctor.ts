import type { Tool } from "@toolcast/core";
import { diagnoseBot } from "@toolcast/core/chat";
import type { Finding } from "@toolcast/core/provider";
import { commandsFor } from "./commands.ts";
import { commandsElsewhere } from "./commands-elsewhere.ts";
import { createDiscordApi, type DiscordApi } from "./discord-api.ts";
import { invitation, missingPermissions } from "./invitation.ts";
import { menusFor } from "./menus.ts";
import { platformName } from "./place.ts";
import { commandChanges, type OwnCommand } from "./register.ts";
import { notThere } from "./registered-scopes.ts";
import { readFailure } from "./rest-failure.ts";
import { invalidToken, notInGuild } from "./start-problem.ts";

export interface DoctorOptions {
  token: string;
  guildId?: string;
  apiUrl?: string;
  tools: readonly Tool[];
}

/** Checks what can be checked without anybody noticing: token, application, servers and permissions, commands. */
export async function diagnoseDiscord(options: DoctorOptions): Promise<Finding[]> {
  return diagnose(createDiscordApi(options.token, options.apiUrl), options);
}

function diagnose(api: DiscordApi, { guildId: guild, tools }: DoctorOptions): Promise<Finding[]> {
  const scope = guild === undefined ? "global" : "guild";
  const wanted = [...commandsFor(tools, scope), ...menusFor(tools, scope)].map(({ body }) => body);
  return diagnoseBot({
    platform: platformName,
    readFailure,
    identify: () => api.application(),
    identified: ({ id, name }) => [
      {
        level: "ok",
        sentence: {
          en: `The token belongs to the application ${name}. Invitation: ${invitation(id)}`,
          "zh-CN": `令牌属于应用 ${name}。邀请链接：${invitation(id)}`,
        },
      },
    ],
    tokenProblem(error) {
      const failure = readFailure(error);
      return failure.status === 401 ? invalidToken().sentence : null;
    },
    probes: [
      {
        what: { en: "its servers and permissions", "zh-CN": "服务器和权限" },
        run: ({ id }) => permissionFindings(api, id, guild),
        // Nothing more can be asked about a server that the bot is not in.
        needed: true,
      },
      {
        what: { en: "its registered commands", "zh-CN": "已注册的命令" },
        run: async ({ id }) => [commandFinding(wanted, await api.commands(id, guild))],
        problem(error, { id }) {
          const failure = readFailure(error);
          const isUnknown = failure.kind === "refused" && notThere.includes(failure.code);
          return guild !== undefined && isUnknown ? notInGuild(guild, id).sentence : null;
        },
      },
      {
        what: { en: "which commands are registered elsewhere", "zh-CN": "在别处注册的命令" },
        run: ({ id }) => commandsElsewhere(api, { application: id, guild, names: wanted.map(({ name }) => name) }),
      },
    ],
  });
}

async function permissionFindings(api: DiscordApi, application: string, guild: string | undefined): Promise<Finding[]> {
  const link = invitation(application);
  const guilds = await api.guilds();
  if (guild !== undefined && !guilds.some(({ id }) => id === guild)) {
    return [{ level: "error", sentence: notInGuild(guild, application).sentence }];
  }
  if (guilds.length === 0) {
    return [
      {
        level: "warning",
        sentence: {
          en: `The bot is in no server yet. Invite it: ${link}`,
          "zh-CN": `机器人还未加入任何服务器。邀请链接：${link}`,
        },
      },
    ];
  }
  const lacking = guilds
    .map(({ name, permissions }) => ({ name, missing: missingPermissions(permissions) }))
    .filter(({ missing }) => missing.length > 0);
  return lacking.length === 0
    ? [
        {
          level: "ok",
          sentence: {
            en: `It is in ${guilds.length} server(s) and has every permission it needs; channels may still take some away.`,
            "zh-CN": `已加入 ${guilds.length} 个服务器，所需权限齐全；个别频道仍可能另有限制。`,
          },
        },
      ]
    : lacking.map(({ name, missing }) => ({
        level: "warning" as const,
        sentence: {
          en: `In ${name} it lacks ${missing.join(", ")}: late results are sent as direct messages there. Grant them, or invite it again: ${link}`,
          "zh-CN": `在 ${name} 缺少权限 ${missing.join("、")}：较晚完成的结果只能私信发送。请授予权限或重新邀请：${link}`,
        },
      }));
}

function commandFinding(
  wanted: readonly OwnCommand[],
  registered: Awaited<ReturnType<DiscordApi["commands"]>>,
): Finding {
  const { changed, removed } = commandChanges(wanted, registered);
  const differing = changed.length + removed.length;
  return differing === 0
    ? {
        level: "ok",
        sentence: {
          en: `All ${wanted.length} commands are registered.`,
          "zh-CN": `${wanted.length} 个命令均已注册。`,
        },
      }
    : {
        level: "warning",
        sentence: {
          en: `${differing} command(s) differ from those registered. \`toolcast start\` registers them.`,
          "zh-CN": `有 ${differing} 个命令与当前定义不一致，运行 \`toolcast start\` 会重新注册。`,
        },
      };
}
