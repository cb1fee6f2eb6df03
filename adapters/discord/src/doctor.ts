import type { Finding, Tool } from "@toolcast/core";
import { REST } from "discord.js";
import { type CommandBody, commandsFor } from "./commands.ts";
import { commandsElsewhere } from "./commands-elsewhere.ts";
import { createDiscordApi, type DiscordApi, restOptions } from "./discord-api.ts";
import { invitation, missingPermissions } from "./invitation.ts";
import { commandChanges } from "./register.ts";
import { notThere } from "./registered-scopes.ts";
import { readFailure } from "./rest-failure.ts";
import { invalidToken, notInGuild } from "./start-problem.ts";

export interface DoctorOptions {
  token: string;
  guildId?: string;
  apiUrl?: string;
  tools: readonly Tool[];
}

/** Proves what can be proved without anybody noticing: token, application, servers and permissions, commands. */
export async function diagnoseDiscord(options: DoctorOptions): Promise<Finding[]> {
  const { token, apiUrl } = options;
  const rest = new REST({ ...restOptions, ...(apiUrl === undefined ? {} : { api: apiUrl.replace(/\/+$/, "") }) });
  return diagnose(createDiscordApi(rest.setToken(token)), options);
}

async function diagnose(api: DiscordApi, { guildId: guild, tools }: DoctorOptions): Promise<Finding[]> {
  let application: { id: string; name: string };
  try {
    application = await api.application();
  } catch (error) {
    return [tokenFinding(error)];
  }
  const { id, name } = application;
  const wanted = commandsFor(tools, guild === undefined ? "global" : "guild").map(({ body }) => body);
  const places = await permissionFindings(api, id, guild);
  // Of a server that the bot is not in nothing more can be asked.
  const isThere = places.every(({ level }) => level !== "error");
  return [
    {
      level: "ok",
      sentence: {
        en: `The token is that of the application ${name}. Invitation: ${invitation(id)}`,
        "zh-CN": `令牌属于应用 ${name}。邀请链接：${invitation(id)}`,
      },
    },
    ...places,
    ...(isThere
      ? [
          await commandFinding(api, { application: id, guild, wanted }),
          ...(await elsewhere(api, { application: id, guild, wanted })),
        ]
      : []),
  ];
}

function tokenFinding(error: unknown): Finding {
  const failure = readFailure(error);
  if (failure.kind === "refused" && failure.status === 401) {
    return { level: "error", sentence: invalidToken().sentence };
  }
  const reason = failure.words;
  return {
    level: "error",
    sentence: {
      en: `Discord cannot be asked (${reason}). Check the network between this machine and Discord.`,
      "zh-CN": `无法访问 Discord（${reason}）。请检查本机到 Discord 的网络。`,
    },
  };
}

async function permissionFindings(api: DiscordApi, application: string, guild: string | undefined): Promise<Finding[]> {
  const link = invitation(application);
  try {
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
            en: `In ${name} it lacks ${missing.join(", ")}: late results go to direct messages there. Grant them, or invite it again: ${link}`,
            "zh-CN": `在 ${name} 缺少权限 ${missing.join("、")}：较晚完成的结果只能私信发送。请授予权限或重新邀请：${link}`,
          },
        }));
  } catch (error) {
    return [unproved(error, { en: "its servers and permissions", "zh-CN": "服务器和权限" })];
  }
}

interface Registration {
  application: string;
  guild: string | undefined;
  wanted: readonly CommandBody[];
}

async function commandFinding(api: DiscordApi, { application, guild, wanted }: Registration): Promise<Finding> {
  try {
    const { changed, removed } = commandChanges(wanted, await api.commands(application, guild));
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
            en: `${differing} command(s) are not registered as they are now. \`toolcast start\` registers them.`,
            "zh-CN": `有 ${differing} 个命令与当前定义不一致，运行 \`toolcast start\` 会重新注册。`,
          },
        };
  } catch (error) {
    const failure = readFailure(error);
    const isUnknown = failure.kind === "refused" && notThere.includes(failure.code);
    return guild !== undefined && isUnknown
      ? { level: "error", sentence: notInGuild(guild, application).sentence }
      : unproved(error, { en: "its registered commands", "zh-CN": "已注册的命令" });
  }
}

async function elsewhere(api: DiscordApi, { application, guild, wanted }: Registration): Promise<Finding[]> {
  try {
    return await commandsElsewhere(api, { application, guild, names: wanted.map(({ name }) => name) });
  } catch (error) {
    return [unproved(error, { en: "which commands are registered elsewhere", "zh-CN": "在别处注册的命令" })];
  }
}

function unproved(error: unknown, what: { en: string; "zh-CN": string }): Finding {
  const reason = readFailure(error).words;
  return {
    level: "unproved",
    sentence: {
      en: `Discord did not tell ${what.en} (${reason}).`,
      "zh-CN": `未能从 Discord 查询${what["zh-CN"]}（${reason}）。`,
    },
  };
}
