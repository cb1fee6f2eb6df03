import type { CommandContext } from "./command-context.ts";
import { refuseUsage } from "./refuse-usage.ts";

export interface MoveCommandOptions {
  /** The address of the database. Default DATABASE_URL. */
  to?: string;
}

/** `toolcast move`: from the data directory into a database. The address is printed without user and password. */
export async function moveCommand(context: CommandContext, { to }: MoveCommandOptions): Promise<void> {
  const configuration = await context.configuration();
  const { output } = context;
  const address = to ?? configuration.databaseUrl;
  const url = address === undefined ? null : URL.parse(address);
  if (address === undefined || url === null || !/^postgres(?:ql)?:$/.test(url.protocol) || url.pathname.length <= 1) {
    return refuseUsage(
      {
        en: "--to must be a postgres:// address with the name of a database. Left out, it is DATABASE_URL.",
        "zh-CN": "--to 必须是包含数据库名称的 postgres:// 地址；不填时使用 DATABASE_URL。",
      },
      "to",
    );
  }
  const { dataDirectory: directory } = configuration;
  const { moveStore } = await import("../move.ts");
  await moveStore({ directory, url: address, logger: await context.logger(configuration, "warn") });
  const database = decodeURIComponent(url.pathname.slice(1));
  const text = {
    en: `Moved from ${directory} into the database ${database}, with the secret key. Set DATABASE_URL to it before the next start. Media stay in ${directory}; with S3_BUCKET or S3_ENDPOINT set they go to the bucket within an hour.`,
    "zh-CN": `已将 ${directory} 中的内容及密钥移入数据库 ${database}。请在下次启动前将 DATABASE_URL 设为该数据库。媒体仍保留在 ${directory}；如设置了 S3 存储桶，将在一小时内移入。`,
  };
  output.print(text[output.locale]);
  output.document({ moved: true, dataDirectory: directory, database });
}
