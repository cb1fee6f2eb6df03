import { silentLogger, type Tool } from "@toolcast/core";
import { diagnoseBot } from "@toolcast/core/chat";
import type { Clock } from "@toolcast/core/engine";
import type { Finding, Http } from "@toolcast/core/provider";
import { createClient } from "./client.ts";
import { commandsOf } from "./command-names.ts";
import { diagnoseHttp } from "./doctor-http.ts";
import { slackLimits } from "./limits.ts";
import { platformName } from "./place.ts";
import { events, scopes } from "./scopes.ts";
import { createSlackApi } from "./slack-api.ts";
import { codeOf, readFailure } from "./slack-failure.ts";
import { invalidAppToken, invalidToken } from "./start-problem.ts";

export interface DoctorOptions {
  token: string;
  appToken?: string;
  apiUrl?: string;
  /** Used without `appToken`. */
  signingSecret?: string;
  publicUrl?: string | null;
  tools: readonly Tool[];
  http: Http;
  clock: Clock;
}

/** Checks what can be checked without anybody noticing: token, scopes, and the way of events to us. */
export async function diagnoseSlack({
  token,
  appToken,
  apiUrl,
  tools,
  http,
  ...given
}: DoctorOptions): Promise<Finding[]> {
  const api = createSlackApi(createClient(token, apiUrl, silentLogger), http, []);
  return diagnoseBot({
    platform: platformName,
    readFailure,
    identify: () => api.identify(),
    identified: ({ teamName, botName }) => [
      {
        level: "ok",
        sentence: {
          en: `The token belongs to @${botName} in the workspace ${teamName}.`,
          "zh-CN": `令牌属于工作区 ${teamName} 中的 @${botName}。`,
        },
      },
      ...withoutCommand(tools),
      ...unseen(tools),
    ],
    tokenProblem: (error) => (codeOf(error) ? invalidToken().sentence : null),
    probes: [
      { what: { en: "its scopes", "zh-CN": "权限" }, run: async ({ scopes: granted }) => scopeFindings(granted) },
      ...(appToken === undefined
        ? [httpProbe({ http, ...given })]
        : [
            {
              what: { en: "whether a socket opens", "zh-CN": "能否建立连接" },
              async run(): Promise<Finding[]> {
                // A socket address that nobody uses simply expires.
                await createClient(appToken, apiUrl, silentLogger).apps.connections.open({});
                const sentence = { en: "Socket Mode is on.", "zh-CN": "Socket Mode 已启用。" };
                return [{ level: "ok", sentence }];
              },
              problem: (error: unknown) => (codeOf(error) ? invalidAppToken().sentence : null),
            },
          ]),
    ],
  });
}

function httpProbe({ http, clock, signingSecret = "", publicUrl = null }: Omit<DoctorOptions, "token" | "tools">) {
  return {
    what: { en: "where it sends requests", "zh-CN": "请求发往何处" },
    run: () => diagnoseHttp({ http, clock, signingSecret, publicUrl }),
  };
}

/** The tools that Slack takes no command for, if there are any. */
function withoutCommand(tools: readonly Tool[]): Finding[] {
  const taken = commandsOf(tools).map(({ tool }) => tool);
  const names = tools.filter((tool) => !taken.includes(tool)).map(({ command }) => command);
  const { commands, commandCharacters } = slackLimits;
  return names.length === 0
    ? []
    : [
        {
          level: "warning",
          sentence: {
            en: `These tools have no slash command, but can be used by direct message: ${names.join(", ")}. Slack allows ${commands} commands, each with at most ${commandCharacters} lower-case letters, digits, - and _.`,
            "zh-CN": `以下工具没有斜杠命令，但可通过私信使用：${names.join("、")}。Slack 最多支持 ${commands} 个命令，每个最长 ${commandCharacters} 个字符，只能包含小写字母、数字、- 和 _。`,
          },
        },
      ];
}

/** Slack tells a bot neither its app's events nor its commands: what to look for there, and what is lost without it. */
function unseen(tools: readonly Tool[]): Finding[] {
  const commands = commandsOf(tools).map(({ command }) => command);
  return [
    ...events.map(({ event, lost }) => ({
      level: "unproved" as const,
      sentence: {
        en: `Slack does not say whether the app subscribes to the event ${event}. Without it you lose: ${lost.en}. See Event Subscriptions at api.slack.com/apps.`,
        "zh-CN": `Slack 不会告知应用是否已订阅事件 ${event}。未订阅则无法使用：${lost["zh-CN"]}。请在 api.slack.com/apps 的 Event Subscriptions 中查看。`,
      },
    })),
    {
      level: "unproved",
      sentence: {
        en: `Slack does not say which commands the app has. One that is missing can only be used by direct message or mention: ${commands.join(", ")}. See Slash Commands, or paste the manifest again (\`npx toolcast slack manifest\`).`,
        "zh-CN": `Slack 不会告知应用有哪些命令。缺少的命令只能通过私信或提及使用：${commands.join("、")}。请在 Slash Commands 中查看，或重新粘贴清单（\`npx toolcast slack manifest\`）。`,
      },
    },
  ];
}

/** One line for each missing scope, with what is lost without it. */
function scopeFindings(granted: readonly string[]): Finding[] {
  const missing = scopes.filter(({ scope }) => !granted.includes(scope));
  return missing.length === 0
    ? [{ level: "ok", sentence: { en: "It has every scope it needs.", "zh-CN": "所需权限齐全。" } }]
    : missing.map(({ scope, lost }) => ({
        level: "warning" as const,
        sentence: {
          en: `It lacks the scope ${scope}. Without it you lose: ${lost.en}. Add it at api.slack.com/apps and install the app again.`,
          "zh-CN": `缺少权限 ${scope}，因此无法使用：${lost["zh-CN"]}。请在 api.slack.com/apps 添加后重新安装应用。`,
        },
      }));
}
