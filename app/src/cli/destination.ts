import type { Stats } from "node:fs";
import { mkdtemp, realpath, rmdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve, sep } from "node:path";
import { type LocalizedText, UsageError } from "@toolcast/core";
import { type ExpectedResults, kindsOfFileName, type MediaKind } from "@toolcast/core/surface";

type Expected = ExpectedResults | null;

/** The value of `--out` that means standard output. */
export const standardOutput = "-";

/** Where standard output of this command goes. */
export interface StandardOutput {
  /** A person would see the bytes of the result. */
  isTerminal: boolean;
  /** It carries the JSON document. */
  json: boolean;
}

const kindNames: Record<MediaKind, LocalizedText> = {
  image: { en: "a picture", "zh-CN": "图片" },
  audio: { en: "sound", "zh-CN": "音频" },
  video: { en: "a video", "zh-CN": "视频" },
};

/**
 * Checks, before anything is paid, that results can be saved where `--out` says: an existing folder or one that can be
 * made, and a file name that fits what is made. Throws a `UsageError` otherwise.
 */
export async function checkDestination(out: string, expected: Expected, output: StandardOutput): Promise<void> {
  if (out === standardOutput) {
    checkStandardOutput(expected, output);
    return;
  }
  const path = resolve(out);
  const found = await statOf(path);
  if (found === "unreadable") {
    throw cannotWrite(out);
  }
  if (found !== null && !found.isFile() && !found.isDirectory()) {
    throw specialFile(out);
  }
  const isFolder = found?.isDirectory() || out.endsWith("/") || out.endsWith(sep);
  if (isFolder && found?.isFile()) {
    throw isNoFolder(out, path);
  }
  const folder = await nearestFolder(isFolder ? path : dirname(path), out);
  if (await isOfSystem(folder)) {
    throw specialFile(out);
  }
  if (!isFolder) {
    checkExtension(out, expected);
  }
  await tryFolder(folder, out);
}

function checkStandardOutput(expected: Expected, { isTerminal, json }: StandardOutput): void {
  if (json) {
    throw wrongOut({
      en: "- and --json both need standard output. Give a file, or leave out --json.",
      "zh-CN": "- 与 --json 都要使用标准输出。请指定文件，或去掉 --json。",
    });
  }
  if ((expected?.count ?? 1) > 1) {
    throw wrongOut({
      en: `standard output takes one result, and this makes ${expected?.count}. Give a folder.`,
      "zh-CN": `标准输出只能接收一个结果，而本次会生成 ${expected?.count} 个。请指定文件夹。`,
    });
  }
  if (isTerminal && expected?.kinds !== null) {
    throw wrongOut({
      en: "standard output is this terminal, which cannot show the result. Redirect it (> file) or give a file.",
      "zh-CN": "标准输出就是当前终端，无法显示结果。请重定向（> 文件）或指定文件。",
    });
  }
}

function checkExtension(out: string, expected: Expected): void {
  const promised = kindsOfFileName(out);
  const made = expected?.kinds ?? null;
  if (promised === null || made === null || promised.some((kind) => made.includes(kind))) {
    return;
  }
  const name = (kinds: readonly MediaKind[], locale: "en" | "zh-CN") =>
    kinds.map((kind) => kindNames[kind][locale]).join(locale === "en" ? " or " : "或");
  throw wrongOut({
    en: `${basename(out)} is not the name of ${name(made, "en")}, which this makes. Give a fitting extension, or a folder (ending in /) for the result's own name.`,
    "zh-CN": `${basename(out)} 不是${name(made, "zh-CN")}的文件名，而本次生成的是${name(made, "zh-CN")}。请使用相应的扩展名，或指定文件夹（以 / 结尾）以采用结果自己的文件名。`,
  });
}

/** The folder itself, or the existing one in which it would be made. */
async function nearestFolder(path: string, out: string): Promise<string> {
  for (let folder = path; ; folder = dirname(folder)) {
    const found = await statOf(folder);
    if (found === "unreadable") {
      throw cannotWrite(out);
    }
    if (found?.isDirectory()) {
      return folder;
    }
    if (found !== null || folder === dirname(folder)) {
      throw isNoFolder(out, folder);
    }
  }
}

/** Names below these belong to devices and processes; the shared memory is a folder like any other. */
async function isOfSystem(folder: string): Promise<boolean> {
  return process.platform !== "win32" && /^\/(?:dev(?!\/shm(?:\/|$))|proc|sys)(?:\/|$)/.test(await realpath(folder));
}

/** Permissions do not tell about read-only file systems, so something is made and removed. */
async function tryFolder(folder: string, out: string): Promise<void> {
  try {
    await rmdir(await mkdtemp(join(folder, ".toolcast-")));
  } catch (error) {
    throw cannotWrite(out, (error as NodeJS.ErrnoException).code);
  }
}

/** Null when there is nothing of that name. */
async function statOf(path: string): Promise<Stats | null | "unreadable"> {
  try {
    return await stat(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT" || code === "ENOTDIR" ? null : "unreadable";
  }
}

function cannotWrite(out: string, code = "EACCES"): UsageError {
  return wrongOut({
    en: `cannot write to ${out} (${code}). Nothing was started; choose another place.`,
    "zh-CN": `无法写入 ${out}（${code}）。没有开始任何任务，请换一个位置。`,
  });
}

function isNoFolder(out: string, path: string): UsageError {
  return wrongOut({
    en: `${path} is not a folder, so nothing can be saved to ${out}. Choose another place.`,
    "zh-CN": `${path} 不是文件夹，无法保存到 ${out}。请换一个位置。`,
  });
}

function specialFile(out: string): UsageError {
  return wrongOut({
    en: `${out} is a device or a special file. Give a file or a folder, or - for standard output.`,
    "zh-CN": `${out} 是设备或特殊文件。请指定文件或文件夹，或用 - 表示标准输出。`,
  });
}

function wrongOut(sentence: LocalizedText): UsageError {
  return new UsageError(sentence, "out");
}
