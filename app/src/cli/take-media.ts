import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { type Caller, type Runtime, ToolcastError, UsageError } from "@toolcast/core";
import { isLeftOut, maxFileBytes } from "@toolcast/core/surface";
import type { Flag } from "./flags.ts";

/** Replaces local files among the inputs with the ids of their stored copies; links and ids stay as they are. */
export async function takeMedia(
  runtime: Pick<Runtime, "media">,
  flags: readonly Flag[],
  input: Readonly<Record<string, unknown>>,
  caller: Caller,
): Promise<Record<string, unknown>> {
  const taken = { ...input };
  for (const flag of flags) {
    const value = input[flag.field];
    if (flag.kind === "media" && typeof value === "string" && !isLeftOut(value) && !/^https?:\/\//i.test(value)) {
      taken[flag.field] = await takeFile(runtime, flag, value, caller);
    }
  }
  return taken;
}

async function takeFile(
  runtime: Pick<Runtime, "media">,
  { field, maxBytes = maxFileBytes }: Flag,
  path: string,
  caller: Caller,
): Promise<string> {
  const size = await sizeOf(path);
  if (size === null) {
    if (path.startsWith("asset_")) {
      return path;
    }
    throw new UsageError(
      {
        en: `there is no file ${path}. Give the path of a file, a link (http or https) or the id of something made before.`,
        "zh-CN": `没有文件 ${path}。请提供文件路径、链接（http 或 https）或以前生成内容的编号。`,
      },
      field,
    );
  }
  if (size > maxBytes) {
    throw new UsageError(
      { key: "media.too-large", values: { actual: { bytes: size }, limit: { bytes: maxBytes } } },
      field,
    );
  }
  try {
    const asset = await runtime.media.keep(createReadStream(path), {
      owner: caller.id,
      name: basename(path),
      maxBytes,
    });
    return asset.id;
  } catch (error) {
    if (ToolcastError.isInstance(error) && error.failure.kind === "usage") {
      // The store does not know the inputs, so with several files its error would not say which one is meant.
      throw new UsageError(error.failure.sentence, field);
    }
    throw error;
  }
}

/** Null when there is no such file (a directory does not count). */
async function sizeOf(path: string): Promise<number | null> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : null;
  } catch {
    return null;
  }
}
