import { accessSync, constants, statSync } from "node:fs";
import { createHttp, type Json, type LocalizedText, systemClock } from "@toolcast/core";
import type { Finding } from "@toolcast/core/provider";
import { type ClockStep, type Condition, type Sentence, say } from "@toolcast/core/surface";
import type { Configuration } from "../configuration/configuration.ts";
import { isLoopbackHost } from "../configuration/loopback.ts";
import { leastSecretCharacters } from "../redaction.ts";
import { adapterFindings } from "../server/adapter-connections.ts";
import type { UnusableStore } from "../store.ts";
import type { CommandContext } from "./command-context.ts";
import { databaseFindings, sharedSessions } from "./database-findings.ts";
import { exitCodes } from "./exit-codes.ts";
import { plainText } from "./plain-text.ts";
import { proxyFindings } from "./proxy-findings.ts";
import { settingsJson, settingsLines } from "./settings-report.ts";
import { unusableText } from "./unusable-text.ts";
import { openWorkplace, type Workplace } from "./workplace.ts";

/** A finding and what it is about. */
interface SubjectFinding extends Finding {
  subject: string;
}

const marks: Record<Finding["level"], { sign: string; word: LocalizedText }> = {
  ok: { sign: "✓", word: { en: "ok", "zh-CN": "正常" } },
  warning: { sign: "!", word: { en: "warning", "zh-CN": "警告" } },
  error: { sign: "✗", word: { en: "error", "zh-CN": "错误" } },
  unproved: { sign: "?", word: { en: "not verified", "zh-CN": "未验证" } },
};

const vendorTimeoutMs = 30_000;
const publicTimeoutMs = 10_000;

/** `toolcast doctor`: checks what can be checked without spending, and says what could not be checked. */
export async function doctorCommand(context: CommandContext): Promise<void> {
  const own = await context.configuration();
  const database = await databaseFindings(own, findingsOf);
  try {
    await checkAll(context, database);
  } catch (error) {
    if (!database.some(({ sentence }) => sentence === sharedSessions)) {
      throw error;
    }
    // Why nothing could be read from it is among its findings.
    report(context, own, [...machineFindings(own), ...database, ...secretFindings(own)]);
  }
}

async function checkAll(context: CommandContext, database: readonly SubjectFinding[]): Promise<void> {
  const workplace = await openWorkplace(context, "ask", { evenUnusable: true });
  try {
    const { configuration, runtime, state, unusable } = workplace;
    const vendors = await Promise.all(runtime.providers.map((provider) => vendorFindings(provider, configuration)));
    const findings: SubjectFinding[] = [
      ...machineFindings(configuration),
      ...database,
      ...storeFindings(unusable),
      await publicUrlFinding(configuration),
      ...(await proxyFindings(configuration)),
      ...modeFindings(configuration),
      ...clockFindings(await runtime.clockStep()),
      ...conditionFindings(await runtime.condition()),
      retentionFinding(configuration),
      // The readable part of a damaged store does not show what was in it.
      ...(unusable === null ? recordFindings(await runtime.recordAlarms()) : []),
      ...secretFindings(configuration),
      ...vendors.flat(),
      ...(await adapterFindings(configuration, { tools: runtime.tools, state }, findingsOf)),
    ];
    const kept = Object.assign({}, ...runtime.providers.map(({ keptDefaults }) => keptDefaults));
    report(context, configuration, findings, kept);
  } finally {
    await workplace.close();
  }
}

function machineFindings({ dataDirectory }: Configuration): SubjectFinding[] {
  return [nodeFinding(process.versions.node), ...dataDirectoryFindings(dataDirectory)];
}

function report(
  context: CommandContext,
  configuration: Configuration,
  findings: readonly SubjectFinding[],
  kept: Parameters<typeof settingsJson>[2] = {},
): void {
  const { output } = context;
  const isOk = !findings.some(({ level }) => level === "error");
  output.document({
    ok: isOk,
    findings: findings.map(
      ({ subject, level, sentence }): Json => ({ subject, level, message: say(sentence, output.locale) }),
    ),
    settings: settingsJson(configuration, output.locale, kept),
  });
  output.print(
    [
      ...findings.map((finding) => findingLine(finding, output.locale)),
      "",
      ...settingsLines(configuration, output.locale, kept),
    ].join("\n"),
  );
  if (!isOk) {
    context.exitWith(exitCodes.failed);
  }
}

function findingLine({ subject, level, sentence }: SubjectFinding, locale: CommandContext["output"]["locale"]): string {
  const { sign, word } = marks[level];
  const head = locale === "zh-CN" ? `（${word[locale]}）：` : ` (${word[locale]}): `;
  return plainText(`${sign} ${subject}${head}${say(sentence, locale)}`);
}

async function findingsOf(doctor: (signal: AbortSignal) => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await doctor(AbortSignal.timeout(vendorTimeoutMs));
  } catch (error) {
    const reason = error instanceof Error ? error.name : "?";
    return [
      {
        level: "error",
        sentence: {
          en: `The check itself failed (${reason}). Check the network between this machine and the vendor.`,
          "zh-CN": `检查未能完成（${reason}）。请检查本机到服务商的网络。`,
        },
      },
    ];
  }
}

const defaultJobDays = 90;

/** What is removed automatically, so that nobody is surprised that an old job is gone. */
function retentionFinding({ jobRetentionDays: days = defaultJobDays }: Configuration): SubjectFinding {
  const sentence =
    days === 0
      ? {
          en: "Ended jobs are kept for ever, and the store grows with them. JOB_RETENTION_DAYS sets a limit.",
          "zh-CN": "已结束的任务永久保留，数据库会随之增长；可用 JOB_RETENTION_DAYS 设定天数。",
        }
      : {
          en: `Ended jobs are removed ${days} days after their last change; what was charged stays (JOB_RETENTION_DAYS).`,
          "zh-CN": `已结束的任务在最后一次变化 ${days} 天后删除，扣费记录保留（JOB_RETENTION_DAYS）。`,
        };
  return { subject: "jobs", level: "ok", sentence };
}

type Checked = Pick<Workplace["runtime"]["providers"][number], "id" | "doctor">;

/** What the sandbox answers says nothing about a vendor, so nothing is concluded from it. */
async function vendorFindings({ id, doctor }: Checked, configuration: Configuration): Promise<SubjectFinding[]> {
  if (configuration.sandboxUrl !== undefined) {
    return [{ subject: id, level: "unproved", sentence: simulated }];
  }
  const own = configuration.providers.find(({ definition }) => definition.id === id);
  const isLocal = own !== undefined && isOnLoopback(own);
  const canBeReached = isLocal || configuration.publicListener !== undefined;
  const found = await findingsOf((signal) => doctor(signal, { canBeReached }));
  const findings = found.map((finding) => ({ ...finding, subject: id }));
  return isLocal ? [{ subject: id, level: "warning", sentence: onLoopback }, ...findings] : findings;
}

function isOnLoopback({ definition, values }: Configuration["providers"][number]): boolean {
  return definition.onLoopback(definition.schema.parse(values));
}

const simulated: LocalizedText = {
  en: "Simulated by the sandbox: without its keys, nothing about the vendor itself can be checked.",
  "zh-CN": "由沙箱模拟：未设置密钥，无法检查服务商本身。",
};

const onLoopback: LocalizedText = {
  en: "Its address is on this machine: a sandbox or a relay answers there, and the checks below apply to that one.",
  "zh-CN": "其地址在本机：应答的是沙箱或中转服务，以下检查结果均针对它。",
};

function nodeFinding(version: string): SubjectFinding {
  return {
    subject: "Node.js",
    level: "ok",
    sentence: { en: `${version} is supported.`, "zh-CN": `版本 ${version} 受支持。` },
  };
}

function dataDirectoryFindings(directory: string): SubjectFinding[] {
  const subject = "TOOLCAST_DATA_DIR";
  try {
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return [
      {
        subject,
        level: "error",
        sentence: {
          en: `${directory} is not writable. Give this user write permission, or choose another folder.`,
          "zh-CN": `无法写入 ${directory}。请授予当前用户写入权限，或改用其他文件夹。`,
        },
      },
    ];
  }
  const openToOthers = process.platform !== "win32" && (statSync(directory).mode & 0o077) !== 0;
  return [
    openToOthers
      ? {
          subject,
          level: "warning",
          sentence: {
            en: `${directory} can be opened by other users of this machine. Close it: chmod 700 ${directory}`,
            "zh-CN": `本机其他用户可以访问 ${directory}。请收紧权限：chmod 700 ${directory}`,
          },
        }
      : {
          subject,
          level: "ok",
          sentence: { en: `${directory} is writable and private.`, "zh-CN": `${directory} 可写且仅本人可访问。` },
        },
  ];
}

function storeFindings(unusable: UnusableStore | null): SubjectFinding[] {
  return unusable === null ? [] : [{ subject: "TOOLCAST_DATA_DIR", level: "error", sentence: unusableText(unusable) }];
}

/** What keeps this installation from working, whether anybody works, and whether its disk is nearly full. */
export function conditionFindings({
  store,
  media,
  held,
  workers,
  isSpaceShort,
  freeBytes,
}: Condition): SubjectFinding[] {
  const subject = "TOOLCAST_DATA_DIR";
  const troubles = [store, media, held].filter((trouble) => trouble !== null);
  return [
    ...troubles.map((sentence): SubjectFinding => ({ subject, level: "error", sentence })),
    ...(workers === null ? [] : [{ subject: "DATABASE_URL", level: "warning", sentence: workers } as const]),
    ...(isSpaceShort && freeBytes !== null ? [spaceIsShort(subject, freeBytes)] : []),
  ];
}

function recordFindings(alarms: readonly Sentence[]): SubjectFinding[] {
  return alarms.map((sentence) => ({ subject: "TOOLCAST_DATA_DIR", level: "warning", sentence }));
}

function spaceIsShort(subject: string, bytes: number): SubjectFinding {
  return { subject, level: "warning", sentence: { key: "doctor.space-short", values: { free: { bytes } } } };
}

/** A clock step older than a week explains nothing any more. */
const clockStepIsNewsMs = 7 * 24 * 60 * 60_000;

/** The last change of the clock, while it may still explain something. */
export function clockFindings(step: ClockStep | null): SubjectFinding[] {
  if (step === null || Math.abs(systemClock.now() - step.at) > clockStepIsNewsMs) {
    return [];
  }
  const at = { instant: step.at };
  const by = { durationMs: Math.abs(step.byMs) };
  const key = step.byMs < 0 ? "doctor.clock-back" : "doctor.clock-forward";
  return [{ subject: "clock", level: "warning", sentence: { key, values: { at, by } } }];
}

/** A secret is redacted wherever it appears, so it must not be so short that it appears everywhere. */
export function secretFindings({
  providers,
  sandboxUrl,
}: Pick<Configuration, "providers" | "sandboxUrl">): SubjectFinding[] {
  return (sandboxUrl === undefined ? providers : []).flatMap(({ definition: { settings }, values }) =>
    settings.flatMap(({ variable, secret }): SubjectFinding[] => {
      const { length } = values[variable] ?? "";
      return !secret || length === 0 || length >= leastSecretCharacters
        ? []
        : [
            {
              subject: variable,
              level: "warning",
              sentence: {
                en: `It has only ${length} characters: every occurrence is redacted, which leaves gaps in messages and logs. Check that it is the whole secret.`,
                "zh-CN": `仅有 ${length} 个字符：凡出现这些字符处都会被隐去，消息和日志会残缺。请检查密钥是否填写完整。`,
              },
            },
          ];
    }),
  );
}

function modeFindings({ sandboxUrl }: Configuration): SubjectFinding[] {
  return sandboxUrl === undefined
    ? []
    : [
        {
          subject: "sandbox",
          level: "warning",
          sentence: {
            en: "No vendor keys are set: everything runs against the sandbox, and nothing it makes is real.",
            "zh-CN": "未设置任何服务商密钥：目前全部在沙箱中运行，生成的内容并非真实结果。",
          },
        },
      ];
}

/** Whether the address answers from here. Whether it answers from outside cannot be checked here. */
async function publicUrlFinding({ publicListener, sandboxUrl, proxies }: Configuration): Promise<SubjectFinding> {
  const subject = "PUBLIC_URL";
  if (publicListener === undefined) {
    return sandboxUrl === undefined
      ? {
          subject,
          level: "warning",
          sentence: {
            en: "Not set: vendors that must fetch your files from us (for avatar videos and cloned voices) are refused before spending. Vendors that take files in another way are not affected.",
            "zh-CN":
              "未设置：必须从本系统下载文件的服务商（数字人视频、声音克隆）会在扣费前被拒绝；能以其他方式接收文件的服务商不受影响。",
          },
        }
      : { subject, level: "ok", sentence: { en: "Not needed by the sandbox.", "zh-CN": "沙箱不需要。" } };
  }
  const { host, hostname, protocol } = new URL(publicListener.url);
  const trusted = [host, `${hostname}:${protocol === "https:" ? 443 : 80}`];
  const http = createHttp({ trustedHosts: () => trusted, clock: systemClock, proxyFor: proxies.for });
  try {
    const answer = await http.request({
      method: "GET",
      url: `${publicListener.url}/healthz`,
      trust: "configured",
      timeoutMs: publicTimeoutMs,
      maxBytes: 65_536,
    });
    return answer.status === 200
      ? reachable(subject, publicListener.url, isLoopbackHost(hostname))
      : unreachable(subject, publicListener.url, `HTTP ${answer.status}`);
  } catch (error) {
    return unreachable(subject, publicListener.url, error instanceof Error ? error.message : "?");
  } finally {
    await http.close();
  }
}

function reachable(subject: string, url: string, loopback: boolean): SubjectFinding {
  return {
    subject,
    level: loopback ? "warning" : "unproved",
    sentence: loopback
      ? {
          en: `${url} answers, but only on this machine: vendors elsewhere cannot reach it.`,
          "zh-CN": `${url} 有响应，但仅限本机：外部服务商无法访问。`,
        }
      : {
          en: `${url} answers from here; whether vendors can reach it from outside cannot be checked here.`,
          "zh-CN": `${url} 从本机可访问；外部服务商能否访问无法在此验证。`,
        },
  };
}

function unreachable(subject: string, url: string, reason: string): SubjectFinding {
  return {
    subject,
    level: "warning",
    sentence: {
      en: `${url}/healthz does not answer (${reason}). It answers only while \`toolcast start\` runs; check the tunnel or proxy too.`,
      "zh-CN": `${url}/healthz 没有响应（${reason}）。仅在 \`toolcast start\` 运行时才会响应，也请检查隧道或反向代理。`,
    },
  };
}
