import { existsSync } from "node:fs";
import { join } from "node:path";
import { type LocalizedText, systemRandom } from "@toolcast/core";
import { diagnosePostgres, type PostgresCondition, wasMoved } from "@toolcast/core/engine";
import type { Finding } from "@toolcast/core/provider";
import type { Configuration } from "../configuration/configuration.ts";

/** What `doctor` says about the database, if there is one. */
export async function databaseFindings(
  { databaseUrl, dataDirectory }: Pick<Configuration, "databaseUrl" | "dataDirectory">,
  within: (check: () => Promise<Finding[]>) => Promise<Finding[]>,
): Promise<(Finding & { subject: string })[]> {
  if (databaseUrl === undefined) {
    return [];
  }
  const found = await within(async () =>
    conditionFindings(await diagnosePostgres({ url: databaseUrl, random: systemRandom })),
  );
  return [...found, ...earlierFindings(dataDirectory)].map((finding) => ({ ...finding, subject: "DATABASE_URL" }));
}

/** What its condition means for money: a mark "start sent" that a failover loses lets the start be paid again. */
export function conditionFindings(condition: PostgresCondition): Finding[] {
  const { version, keepsSessions } = condition;
  const sentence = {
    en: `Jobs, voices, conversations and the key are in PostgreSQL ${version}.`,
    "zh-CN": `任务、音色、会话和密钥保存在 PostgreSQL ${version} 中。`,
  };
  return [
    { level: "ok", sentence },
    ...(keepsSessions ? [] : [{ level: "error", sentence: sharedSessions } as const]),
    standbyFinding(condition),
  ];
}

export const sharedSessions: LocalizedText = {
  en: "The pooler in front of the database gives each transaction another connection. Toolcast needs its session: prepared statements, messages about due jobs and time limits belong to it. Set PgBouncer's pool_mode to session for this database, or connect past the pooler.",
  "zh-CN":
    "数据库前的连接池会为每个事务换一个连接，而 Toolcast 需要保持会话：预处理语句、到期任务的通知和超时设置都属于会话。请将 PgBouncer 中该数据库的 pool_mode 设为 session，或绕过连接池直接连接。",
};

function standbyFinding({ needsStandby, standbys, synchronousCommit }: PostgresCondition): Finding {
  if (needsStandby && standbys.synchronous === 0) {
    return {
      level: "error",
      sentence: {
        en: "Commits wait for a synchronous standby, and none is connected: nothing can be stored. Connect it, or change synchronous_standby_names.",
        "zh-CN":
          "提交需等待同步备库，但没有同步备库连接：无法保存任何内容。请接入备库，或修改 synchronous_standby_names。",
      },
    };
  }
  if (needsStandby && synchronousCommit === "local") {
    return {
      level: "warning",
      sentence: {
        en: "synchronous_commit is local: a commit waits for no standby. After a failover a start could be paid for twice. Set it to on for this user: ALTER ROLE … SET synchronous_commit = on",
        "zh-CN":
          "synchronous_commit 为 local：提交不等待备库，故障切换后可能重复付费。请为该用户改为 on：ALTER ROLE … SET synchronous_commit = on",
      },
    };
  }
  if (needsStandby) {
    const count = standbys.synchronous;
    return {
      level: "ok",
      sentence: {
        en: `Every commit is also on ${count} synchronous standby${count === 1 ? "" : "s"}: a failover loses nothing.`,
        "zh-CN": `已提交的内容同时保存在 ${count} 个同步备库上：故障切换不会丢失任何内容。`,
      },
    };
  }
  return standbys.connected > 0
    ? {
        level: "warning",
        sentence: {
          en: "The standbys are asynchronous: a failover can lose the newest commits, and a start could then be paid for twice. Name them in synchronous_standby_names.",
          "zh-CN":
            "备库为异步：故障切换可能丢失最近提交的内容，从而重复付费。请在 synchronous_standby_names 中列出备库。",
        },
      }
    : {
        level: "ok",
        sentence: {
          en: "It has no standby: what it stores is as safe as its disk and its backups.",
          "zh-CN": "没有备库：数据的安全取决于其磁盘和备份。",
        },
      };
}

/** Jobs that the directory holds from before it had a database are not lost, but nobody sees them. */
function earlierFindings(dataDirectory: string): Finding[] {
  const file = join(dataDirectory, "jobs.sqlite");
  return existsSync(file) && !wasMoved(file)
    ? [
        {
          level: "warning",
          sentence: {
            en: `${file} holds jobs from before: they are not in the database, and nobody works on them. Remove DATABASE_URL to see them; toolcast move takes them into an empty database.`,
            "zh-CN": `${file} 中有以前的任务：它们不在数据库中，也不会被处理。删除 DATABASE_URL 即可查看；用 toolcast move 可将其移入空数据库。`,
          },
        },
      ]
    : [];
}
