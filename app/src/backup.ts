import { existsSync, statSync } from "node:fs";
import { copyFile, link, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type LocalizedText, UsageError } from "@toolcast/core";
import { backUpSqlite } from "@toolcast/core/engine";
import { asUnusablePath } from "@toolcast/core/errors";
import { create, extract } from "tar";
import { z } from "zod";
import { closeToOthers, createDataDirectory } from "./configuration/data-directory.ts";
import { versionOf } from "./version.ts";

const noteSchema = z.object({
  /** The layout of the archive. */
  format: z.literal(1),
  /** The version of Toolcast that made it. */
  version: z.string(),
  /** When it was begun. */
  madeAt: z.iso.datetime(),
  /** How many files it holds beside this note: an archive that was cut between two of them looks whole otherwise. */
  files: z.int().min(1),
});

/** What an archive says about itself. */
export type BackupNote = z.infer<typeof noteSchema>;

const noteName = "backup.json";
const stagingPrefix = ".backup-";
/** After a failure some files may still be being written. */
const removal = { recursive: true, force: true, maxRetries: 20, retryDelay: 50 };

/**
 * What of a data directory is saved and restored, by its path in it; anything else there is not ours. The sandbox keeps
 * its address, which jobs refer to.
 */
const saved =
  /^(?:sandbox\/(?:installation\/)?)?(?:key$|media\/|(?:jobs|state|console)\.sqlite$|(?:state|ledger)\.jsonl$)|^sandbox\.json$/;
/** Half-written files come and go. */
const transient = /(?:^|\/)media\/incoming(?:\/|$)/;

/**
 * Writes the data directory to `file`, a tar archive (compressed if its name ends in `.gz` or `.tgz`), while servers may
 * use it. Each database is copied as of one moment, jobs first; media, which never change, after them. The file appears
 * once it is complete, readable by its owner alone. Throws a `UsageError` if there is nothing to back up or `file` exists.
 */
export async function createBackup(dataDirectory: string, file: string, now: Date): Promise<BackupNote> {
  const target = resolve(file);
  if (existsSync(target)) {
    throw wrongFile({ en: `${file} exists already; nothing is overwritten.`, "zh-CN": `${file} 已存在，不会覆盖。` });
  }
  if (!existsSync(dirname(target))) {
    throw wrongFile({ en: `There is no folder ${dirname(target)}.`, "zh-CN": `找不到文件夹 ${dirname(target)}。` });
  }
  const paths = (await filesBelow(dataDirectory)).filter((path) => saved.test(path) && !transient.test(path));
  if (!paths.some((path) => path.endsWith("jobs.sqlite"))) {
    throw wrongFile({
      en: `There is nothing to back up in ${dataDirectory}.`,
      "zh-CN": `${dataDirectory} 中没有可备份的内容。`,
    });
  }
  // In the same file system as the media, which are linked, so that a deletion meanwhile changes nothing.
  const staging = await makeStaging(dataDirectory);
  const partial = `${target}.partial`;
  try {
    for (const path of inOrder(paths)) {
      await stage(join(dataDirectory, path), join(staging, path));
    }
    const files = (await filesBelow(staging)).length;
    const note: BackupNote = { format: 1, version: versionOf(), madeAt: now.toISOString(), files };
    await writeFile(join(staging, noteName), `${JSON.stringify(note)}\n`);
    await create({ file: partial, cwd: staging, gzip: /\.t?gz$/.test(file), portable: true, mode: 0o600 }, [
      noteName,
      ...(await readdir(staging)).filter((name) => name !== noteName),
    ]);
    await rename(partial, target);
    return note;
  } catch (error) {
    throw asUnusablePath(target, error);
  } finally {
    await rm(staging, removal);
    await rm(partial, { force: true });
  }
}

/**
 * Restores a backup. The data directory must not contain anything of ours yet; it appears only once everything is
 * restored. Throws a `UsageError` if the directory is in use or `file` is not a whole backup.
 */
export async function restoreBackup(file: string, dataDirectory: string): Promise<BackupNote> {
  const present = (await filesBelow(dataDirectory)).find((path) => saved.test(path));
  if (present !== undefined) {
    throw wrongFile({
      en: `${join(dataDirectory, present)} exists: a backup is restored only into an unused data directory. Stop what runs there and move the folder away, or choose another one with TOOLCAST_DATA_DIR.`,
      "zh-CN": `${join(dataDirectory, present)} 已存在：备份只能恢复到未使用的数据目录。请停止在其中运行的程序并移走该文件夹，或通过 TOOLCAST_DATA_DIR 改用其他目录。`,
    });
  }
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
    throw wrongFile({ en: `There is no file ${file}.`, "zh-CN": `找不到文件 ${file}。` });
  }
  createDataDirectory(dataDirectory);
  const staging = await makeStaging(dataDirectory);
  try {
    await unpack(file, staging);
    const note = await readNote(file, staging);
    // The jobs last: without them nothing restored counts as in use.
    for (const name of inOrder((await readdir(staging)).filter((name) => name !== noteName)).reverse()) {
      await rename(join(staging, name), join(dataDirectory, name));
    }
    closeToOthers(dataDirectory);
    return note;
  } catch (error) {
    throw asUnusablePath(dataDirectory, error);
  } finally {
    await rm(staging, removal);
  }
}

/** Only plain files of ours are taken out, whatever an archive contains. */
async function unpack(file: string, staging: string): Promise<void> {
  try {
    await extract({
      file: resolve(file),
      cwd: staging,
      strict: true,
      preserveOwner: false,
      fmode: 0o600,
      dmode: 0o700,
      filter: (path, entry) =>
        (path === noteName || saved.test(path)) &&
        "type" in entry &&
        (entry.type === "File" || entry.type === "OldFile"),
    });
  } catch (error) {
    const unusable = asUnusablePath(staging, error);
    throw unusable === error ? notWhole(file, error) : unusable;
  }
}

async function readNote(file: string, staging: string): Promise<BackupNote> {
  const text = await readFile(join(staging, noteName), "utf8").catch((error: unknown) => {
    throw notWhole(file, error);
  });
  const note = noteSchema.safeParse(parse(text));
  if (!note.success || (await filesBelow(staging)).length !== note.data.files + 1) {
    throw notWhole(file, note.error);
  }
  return note.data;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What an interrupted run left behind is removed. */
async function makeStaging(dataDirectory: string): Promise<string> {
  try {
    for (const name of (await readdir(dataDirectory)).filter((name) => name.startsWith(stagingPrefix))) {
      await rm(join(dataDirectory, name), removal);
    }
    return await mkdtemp(join(dataDirectory, stagingPrefix));
  } catch (error) {
    throw asUnusablePath(dataDirectory, error);
  }
}

async function stage(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  if (from.endsWith(".sqlite")) {
    await backUpSqlite(from, to);
    return;
  }
  try {
    await (from.endsWith(".jsonl") ? copyFile(from, to) : link(from, to).catch(() => copyFile(from, to)));
  } catch (error) {
    // Deleted after the databases were copied: a medium whose time had come.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

/** Jobs first: what they refer to is in everything copied later. */
function inOrder(paths: readonly string[]): string[] {
  const rank = (path: string) => (path.endsWith("jobs.sqlite") ? 0 : path.endsWith(".sqlite") ? 1 : 2);
  return paths.toSorted((one, other) => rank(one) - rank(other));
}

/** Paths of all files in a folder, with forward slashes; none if the folder does not exist. */
async function filesBelow(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(join(directory, "/").length).replaceAll("\\", "/"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw asUnusablePath(directory, error);
  }
}

function notWhole(file: string, cause: unknown): UsageError {
  return Object.assign(
    wrongFile({
      en: `${file} is not a whole backup made by toolcast backup. Nothing was restored.`,
      "zh-CN": `${file} 不是由 toolcast backup 生成的完整备份，未恢复任何内容。`,
    }),
    { cause },
  );
}

function wrongFile(sentence: LocalizedText): UsageError {
  return new UsageError(sentence);
}
