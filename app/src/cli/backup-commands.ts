import { join } from "node:path";
import { systemClock, UsageError } from "@toolcast/core";
import { createBackup, restoreBackup } from "../backup.ts";
import type { Configuration } from "../configuration/configuration.ts";
import type { CommandContext } from "./command-context.ts";

/** `toolcast backup <file>`: everything stored here, in one file. */
export async function backupCommand(context: CommandContext, file: string): Promise<void> {
  const { dataDirectory } = await configurationWithFiles(context);
  const { output } = context;
  const note = await createBackup(dataDirectory, file, new Date(systemClock.now()));
  const text = {
    en: `${file} contains ${dataDirectory} as it was at ${note.madeAt}, with its secret key: store it where only you can read it. toolcast restore ${file} restores it.`,
    "zh-CN": `${file} 包含 ${dataDirectory} 在 ${note.madeAt} 时的内容及其密钥文件，请存放在只有您能读取的地方。恢复命令：toolcast restore ${file}`,
  };
  output.print(text[output.locale]);
  output.document({ file, dataDirectory, ...note });
}

/** `toolcast restore <file>`: into an unused data directory, which is then held. */
export async function restoreCommand(context: CommandContext, file: string): Promise<void> {
  const { dataDirectory } = await configurationWithFiles(context);
  const { output } = context;
  const note = await restoreBackup(file, dataDirectory);
  const text = {
    en: `Restored to ${dataDirectory}: everything as it was at ${note.madeAt}. Nothing is paid for or delivered there until you have stopped the original, if it still runs, and run toolcast release.`,
    "zh-CN": `已恢复到 ${dataDirectory}：内容为 ${note.madeAt} 时的状态。如果原来的程序仍在运行，请先停止它，再运行 toolcast release；在此之前不会付费，也不会发送结果。`,
  };
  output.print(text[output.locale]);
  output.document({ file, dataDirectory, held: true, ...note });
}

/** A file made from the data directory would lack everything that is in a database. */
async function configurationWithFiles(context: CommandContext): Promise<Configuration> {
  const configuration = await context.configuration();
  if (configuration.databaseUrl !== undefined) {
    const media = join(configuration.dataDirectory, "media");
    throw new UsageError({
      en: `With DATABASE_URL, jobs, voices, conversations and the secret key are in PostgreSQL: back it up and restore it with its own tools (pg_dump, or its continuous archive), and the folder ${media} after it. A restored database is held until toolcast release.`,
      "zh-CN": `设置了 DATABASE_URL 时，任务、音色、会话和密钥都保存在 PostgreSQL 中：请用其自带工具（pg_dump 或持续归档）备份和恢复，然后再处理文件夹 ${media}。恢复的数据库在运行 toolcast release 之前不会付费或发送结果。`,
    });
  }
  return configuration;
}
