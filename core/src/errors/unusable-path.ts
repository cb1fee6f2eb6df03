import type { LocalizedText } from "../ground/locale.ts";
import { ToolcastError } from "./errors.ts";

type Reason =
  | "forbidden"
  | "in-the-way"
  | "full"
  | "damaged"
  | "foreign"
  | "empty"
  | "moved"
  | "locked"
  | "wrong-size"
  | "missing-key"
  | "other-key";

const sentences: Record<Reason, (path: string) => LocalizedText> = {
  forbidden: (path) => ({
    en: `${path} cannot be read and written by this user. Give this user permission (also on the folder it is in), or choose another data directory with TOOLCAST_DATA_DIR.`,
    "zh-CN": `当前用户无法读写 ${path}。请授予读写权限（包括所在文件夹），或通过 TOOLCAST_DATA_DIR 改用其他数据目录。`,
  }),
  "in-the-way": (path) => ({
    en: `${path} is not what belongs there (a file in place of a folder, or a folder in place of a file). Move it away, or choose another data directory with TOOLCAST_DATA_DIR.`,
    "zh-CN": `${path} 的类型不对（应为文件夹却是文件，或应为文件却是文件夹）。请将其移走，或通过 TOOLCAST_DATA_DIR 改用其他数据目录。`,
  }),
  full: (path) => ({
    en: `The disk that holds ${path} is full. Free up space and start again; nothing stored there is lost.`,
    "zh-CN": `${path} 所在的磁盘已满。请清理空间后重新启动；已保存的内容不会丢失。`,
  }),
  damaged: (path) => ({
    en: `The database ${path} is damaged. Restore a backup of the whole data directory, or move the file away (and its -wal and -shm files) to begin with an empty one.`,
    "zh-CN": `数据库 ${path} 已损坏。请恢复整个数据目录的备份，或将该文件（连同 -wal 和 -shm 文件）移走以使用空数据库重新开始。`,
  }),
  foreign: (path) => ({
    en: `${path} is not a Toolcast database. Nothing in it was changed: move it away, or choose another data directory with TOOLCAST_DATA_DIR.`,
    "zh-CN": `${path} 不是 Toolcast 的数据库。其中的内容未作任何改动：请将其移走，或通过 TOOLCAST_DATA_DIR 改用其他数据目录。`,
  }),
  empty: (path) => ({
    en: `The database ${path} is empty, though this data directory has been in use. Restore a backup of the whole data directory, or delete the file to continue with no jobs.`,
    "zh-CN": `数据库 ${path} 是空文件，但该数据目录曾被使用过。请恢复整个数据目录的备份，或删除该文件以从零开始。`,
  }),
  moved: (path) => ({
    en: `What was in ${path} was moved into a PostgreSQL database. Set DATABASE_URL to it, or choose another data directory with TOOLCAST_DATA_DIR.`,
    "zh-CN": `${path} 中的内容已移入 PostgreSQL 数据库。请将 DATABASE_URL 设为该数据库，或通过 TOOLCAST_DATA_DIR 改用其他数据目录。`,
  }),
  locked: (path) => ({
    en: `${path} is locked by another program, for example by toolcast move. Try again once that has ended.`,
    "zh-CN": `${path} 正被其他程序锁定（例如 toolcast move）。请等它结束后再试。`,
  }),
  "missing-key": (path) => ({
    en: `The secret key ${path} is missing, though this data directory has jobs. Restore it from your backup; or, if it is lost, make a new one with "toolcast release --new-key": links already handed out then stop working, and vendors treat every video as a new avatar.`,
    "zh-CN": `密钥文件 ${path} 缺失，但该数据目录中已有任务。请从备份恢复；若已丢失，可运行 toolcast release --new-key 生成新密钥：此前发出的链接会失效，服务商会把所有视频都当作新的数字人。`,
  }),
  "other-key": (path) => ({
    en: `${path} is not the secret key that this data directory was used with. Restore the one from your backup; or continue with this one: "toolcast release --new-key". Links already handed out then stop working, and vendors treat every video as a new avatar.`,
    "zh-CN": `${path} 不是该数据目录一直使用的密钥。请从备份恢复原密钥；或运行 toolcast release --new-key 改用当前密钥：此前发出的链接会失效，服务商会把所有视频都当作新的数字人。`,
  }),
  "wrong-size": (path) => ({
    en: `The secret key ${path} does not hold 32 bytes. Restore the one from your backup; or, if it is lost, delete it and make a new one with "toolcast release --new-key": links already handed out then stop working, and vendors treat every video as a new avatar.`,
    "zh-CN": `密钥文件 ${path} 不是 32 字节。请从备份恢复；若已丢失，请删除该文件，再运行 toolcast release --new-key 生成新密钥：此前发出的链接会失效，服务商会把所有视频都当作新的数字人。`,
  }),
};

const byCode: Readonly<Record<string, Reason>> = {
  EACCES: "forbidden",
  EPERM: "forbidden",
  EROFS: "forbidden",
  ENOTDIR: "in-the-way",
  EISDIR: "in-the-way",
  EEXIST: "in-the-way",
  ENOSPC: "full",
  EDQUOT: "full",
};

/** SQLite's primary result codes: permission, busy, read-only, corrupt, full, cannot open, not a database. */
const bySqliteCode: Readonly<Record<number, Reason>> = {
  3: "forbidden",
  5: "locked",
  8: "forbidden",
  11: "damaged",
  13: "full",
  14: "forbidden",
  26: "foreign",
};

/**
 * A part of the data directory cannot be used, and a restart does not help unless it is only locked. Says which path, and
 * what to do.
 */
export class UnusablePath extends ToolcastError {
  constructor(path: string, reason: Reason, cause?: unknown) {
    const sentence = sentences[reason](path);
    const passes = reason === "locked";
    const kind = passes ? "internal" : "usage";
    super(sentence.en, { kind, sentence, charged: "no", retry: { kind: passes ? "later" : "never" } }, { cause });
  }
}

/** Turns errors that an operator can solve into an {@link UnusablePath}; returns all others unchanged. */
export function asUnusablePath(path: string, error: unknown): unknown {
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  const reason =
    typeof errcode === "number" ? bySqliteCode[errcode & 0xff] : typeof code === "string" ? byCode[code] : undefined;
  return reason === undefined || ToolcastError.isInstance(error) ? error : new UnusablePath(path, reason, error);
}
