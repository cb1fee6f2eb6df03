import { createReadStream } from "node:fs";
import { mkdir, open, rm, stat } from "node:fs/promises";
import { dirname, extname, join, resolve, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { UsageError } from "../errors/errors.ts";
import { kindsOfFileName } from "./file-name-kinds.ts";
import type { MediaStore } from "./store.ts";

/**
 * Copies stored media to where the person wants them and returns the paths. `out` is a directory if it exists as one or
 * ends in a separator, otherwise a file name; of several media, one of another kind than that name keeps its own extension.
 * Nothing is overwritten: a taken name gets `-2`, `-3` and so on.
 */
export async function saveMedia(
  store: Pick<MediaStore, "read" | "localPath">,
  media: readonly { assetId: string; name: string }[],
  out: string,
  /**
   * The file name for all of them in the directory; without an extension each keeps its own. Default: their stored
   * names.
   */
  called?: string,
): Promise<string[]> {
  const target = resolve(out);
  const directory = out.endsWith("/") || out.endsWith(sep) || (await isDirectory(target));
  const paths: string[] = [];
  try {
    await mkdir(directory ? target : dirname(target), { recursive: true });
    for (const { assetId, name } of media) {
      const own = called === undefined ? name : extname(called) === "" ? `${called}${extname(name)}` : called;
      const wanted = directory ? join(target, fileName(own)) : fittingName(target, name);
      paths.push(await copyWithoutOverwriting(() => readMedium(store, { assetId, name }), wanted));
    }
  } catch (error) {
    throw isSystemError(error) ? cannotWrite(out, error.code) : error;
  }
  return paths;
}

/** The bytes of a stored medium. Throws a `UsageError` that says so if the medium or its file is gone. */
export async function* readMedium(
  store: Pick<MediaStore, "read" | "localPath">,
  { assetId, name }: { assetId: string; name: string },
): AsyncGenerator<Uint8Array> {
  const asset = await store.read(assetId);
  try {
    if (asset !== null) {
      yield* createReadStream(await store.localPath(asset));
      return;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
      throw error;
    }
  }
  throw new UsageError({
    en: `${name} is no longer stored: its owner deleted it, or its retention time has passed.`,
    "zh-CN": `${name} 不再保存：已被其所有者删除，或已过保存期限。`,
  });
}

async function copyWithoutOverwriting(from: () => AsyncIterable<Uint8Array>, wanted: string): Promise<string> {
  const extension = extname(wanted);
  const stem = wanted.slice(0, wanted.length - extension.length);
  for (let number = 1; ; number += 1) {
    const path = number === 1 ? wanted : `${stem}-${number}${extension}`;
    try {
      // Not `copyFile`, which copies the mode: the stored file is private, while the saved one follows the person's own
      // settings.
      const file = await open(path, "wx");
      await pipeline(from(), file.createWriteStream()).catch(async (error: unknown) => {
        await rm(path, { force: true });
        throw error;
      });
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
        throw error;
      }
    }
  }
}

/** The path for a medium stored under this name: sound beside a video must not be called a video. */
function fittingName(path: string, name: string): string {
  const promised = kindsOfFileName(path);
  const kinds = kindsOfFileName(name) ?? [];
  const fits = promised === null || kinds.length === 0 || kinds.some((kind) => promised.includes(kind));
  return fits ? path : `${path.slice(0, path.length - extname(path).length)}${extname(name)}`;
}

/** Stored names are safe already, but a name from a plugin must not leave the directory either. */
function fileName(name: string): string {
  return name.replaceAll(/[/\\\p{Cc}]/gu, "_").replace(/^\.+/, "_") || "result";
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException & { code: string } {
  return error instanceof Error && "syscall" in error && typeof (error as NodeJS.ErrnoException).code === "string";
}

function cannotWrite(out: string, code: string): UsageError {
  return new UsageError(
    {
      en: `cannot write to ${out} (${code}). The result is stored: save it again elsewhere.`,
      "zh-CN": `无法写入 ${out}（${code}）。结果已保存在 Toolcast 中，可另存到别处。`,
    },
    "out",
  );
}
