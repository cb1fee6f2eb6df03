import { systemClock } from "@toolcast/core";
import { createBackup, restoreBackup } from "../backup.ts";
import type { CommandContext } from "./command-context.ts";

/** `toolcast backup <file>`: everything stored here, in one file. */
export async function backupCommand(context: CommandContext, file: string): Promise<void> {
  const { dataDirectory } = await context.configuration();
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
  const { dataDirectory } = await context.configuration();
  const { output } = context;
  const note = await restoreBackup(file, dataDirectory);
  const text = {
    en: `Restored to ${dataDirectory}: everything as it was at ${note.madeAt}. Nothing is paid for or delivered there until you have stopped the original, if it still runs, and run toolcast release.`,
    "zh-CN": `已恢复到 ${dataDirectory}：内容为 ${note.madeAt} 时的状态。如果原来的程序仍在运行，请先停止它，再运行 toolcast release；在此之前不会付费，也不会发送结果。`,
  };
  output.print(text[output.locale]);
  output.document({ file, dataDirectory, held: true, ...note });
}
