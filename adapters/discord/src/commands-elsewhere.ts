import type { Finding } from "@toolcast/core/provider";
import type { DiscordApi } from "./discord-api.ts";
import { isOwnType } from "./register.ts";
import { notThere } from "./registered-scopes.ts";
import { readFailure } from "./rest-failure.ts";

/** The most servers to check, of those the bot is in. */
const mostServers = 20;

/**
 * Reports commands with our names that this installation did not register. A start removes only what this installation
 * remembers registering; only an operator knows whether the others are still in use.
 */
export async function commandsElsewhere(
  api: DiscordApi,
  about: { application: string; guild: string | undefined; names: readonly string[] },
): Promise<Finding[]> {
  if (about.guild !== undefined) {
    return (await isOursIn(api, about, undefined)) ? [everywhere] : [];
  }
  const findings: Finding[] = [];
  for (const { id, name } of (await api.guilds()).slice(0, mostServers)) {
    if (await isOursIn(api, about, id)) {
      findings.push(inServer(id, name));
    }
  }
  return findings;
}

async function isOursIn(
  api: DiscordApi,
  { application, names }: { application: string; names: readonly string[] },
  guild: string | undefined,
): Promise<boolean> {
  try {
    const present = await api.commands(application, guild);
    return present.some(({ type, name }) => isOwnType({ type }) && names.includes(name));
  } catch (error) {
    const failure = readFailure(error);
    if (failure.kind === "refused" && notThere.includes(failure.code)) {
      return false;
    }
    throw error;
  }
}

const everywhere: Finding = {
  level: "warning",
  sentence: {
    en: "Commands of the same names are also registered everywhere, so they are shown twice. If no other Toolcast uses this application, start once without DISCORD_GUILD_ID and then with it again: that removes them.",
    "zh-CN":
      "同名命令还注册在所有服务器，因此会显示两次。如果没有其他 Toolcast 使用此应用，请先去掉 DISCORD_GUILD_ID 启动一次，再恢复后启动，即可移除。",
  },
};

function inServer(id: string, name: string): Finding {
  return {
    level: "warning",
    sentence: {
      en: `Commands of the same names are also registered in the server ${name}, so they are shown twice there. If no other Toolcast uses this application, start once with DISCORD_GUILD_ID=${id} and then without it: that removes them.`,
      "zh-CN": `同名命令还单独注册在服务器 ${name}，因此在那里会显示两次。如果没有其他 Toolcast 使用此应用，请先设置 DISCORD_GUILD_ID=${id} 启动一次，再去掉后启动，即可移除。`,
    },
  };
}
