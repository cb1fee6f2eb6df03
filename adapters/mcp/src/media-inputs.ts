import { createReadStream } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { basename, isAbsolute, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Caller, type LocalizedText, type Runtime, ToolcastError, UsageError } from "@toolcast/core";
import {
  decodeDataAddress,
  type FieldDescription,
  isDataAddress,
  isLeftOut,
  maxFileBytes,
  type ToolDescription,
} from "@toolcast/core/surface";
import { localized } from "./sentences.ts";
import { uploadPath } from "./tool-catalogue.ts";

export interface MediaInputOptions {
  runtime: Runtime;
  caller: Caller;
  transport: "stdio" | "http";
  /** Local paths must be inside one of these. */
  folders: readonly string[];
}

/** Replaces files among the inputs with the ids of their stored copies; links and ids stay as they are. */
export async function takeMedia(
  tool: ToolDescription,
  input: Readonly<Record<string, unknown>>,
  options: MediaInputOptions,
): Promise<Record<string, unknown>> {
  const taken = { ...input };
  for (const field of tool.fields) {
    const value = input[field.name];
    if (field.kind === "media" && typeof value === "string" && !isLeftOut(value)) {
      const given = value.trim();
      taken[field.name] = /^(https?:\/\/|asset_)/i.test(given)
        ? given
        : await takeFile(field, given, options).catch((error: unknown) => {
            throw ofField(error, field.name);
          });
    }
  }
  return taken;
}

/** The store does not know the inputs, so its refusals of a file do not say which one is meant. */
function ofField(error: unknown, field: string): unknown {
  return ToolcastError.isInstance(error) && error.failure.kind === "usage"
    ? new UsageError(error.failure.sentence, field)
    : error;
}

async function takeFile(field: FieldDescription, value: string, options: MediaInputOptions): Promise<string> {
  const { runtime, caller, transport, folders } = options;
  if (/^media:\/\//i.test(value)) {
    return value.slice("media://".length);
  }
  const maxBytes = field.limits?.maxBytes ?? maxFileBytes;
  if (isDataAddress(value)) {
    const bytes = decodeDataAddress(value, field.name, maxBytes);
    return (await runtime.media.keep(bytes, { owner: caller.id, maxBytes })).id;
  }
  if (transport === "http") {
    throw new UsageError(localized("filesNotHere", { upload: uploadPath }), field.name);
  }
  const path = await allowedPath(value, folders, "file");
  if (path === null) {
    throw new UsageError(namingFolders("fileNotAllowed", folders), field.name);
  }
  const asset = await runtime.media.keep(createReadStream(path), { owner: caller.id, name: basename(path), maxBytes });
  return asset.id;
}

/**
 * The folder to save results in; throws a `UsageError` for one that is not allowed. Call it before anything is spent.
 */
export async function allowedFolder(
  value: string,
  { transport, folders }: Pick<MediaInputOptions, "transport" | "folders">,
): Promise<string> {
  if (transport === "http") {
    throw new UsageError(localized("foldersNotHere"), "out_dir");
  }
  const path = await allowedPath(value, folders, "folder");
  if (path === null) {
    throw new UsageError(namingFolders("folderNotAllowed", folders), "out_dir");
  }
  return path;
}

function namingFolders(sentence: "fileNotAllowed" | "folderNotAllowed", folders: readonly string[]): LocalizedText {
  const none = localized("noFolders");
  return {
    en: localized(sentence, { folders: folders.join(", ") || none.en }).en,
    "zh-CN": localized(sentence, { folders: folders.join("、") || none["zh-CN"] })["zh-CN"],
  };
}

/**
 * The real path, with all symbolic links resolved, if it is a file inside one of the folders, or such a folder; null
 * otherwise.
 */
async function allowedPath(value: string, folders: readonly string[], kind: "file" | "folder"): Promise<string | null> {
  const path = localPath(value);
  for (const folder of path === null ? [] : folders) {
    try {
      const root = await realpath(folder);
      const real = await realpath(resolve(root, path as string));
      const inside = relative(root, real);
      const isBelow = !inside.startsWith("..") && !isAbsolute(inside);
      const found = await stat(real);
      if (isBelow && (kind === "folder" ? found.isDirectory() : found.isFile())) {
        return real;
      }
    } catch {
      // Missing or unreadable: it may be in the next folder.
    }
  }
  return null;
}

function localPath(value: string): string | null {
  if (!/^file:/i.test(value)) {
    return value;
  }
  try {
    return fileURLToPath(value);
  } catch {
    return null;
  }
}
