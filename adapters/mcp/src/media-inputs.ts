import { createReadStream } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { basename, isAbsolute, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Caller, type Runtime, UsageError } from "@toolcast/core";
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
  /** Local paths must lead into one of these. */
  folders: readonly string[];
}

/** Replaces files among the inputs by the ids of their stored copies; links and ids stay as they are. */
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
      taken[field.name] = /^(https?:\/\/|asset_)/i.test(given) ? given : await takeFile(field, given, options);
    }
  }
  return taken;
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
  const path = await allowedFile(value, folders);
  if (path === null) {
    const named = {
      en: folders.join(", ") || localized("noFolders").en,
      zh: folders.join("、") || localized("noFolders")["zh-CN"],
    };
    throw new UsageError(
      {
        en: localized("fileNotAllowed", { folders: named.en }).en,
        "zh-CN": localized("fileNotAllowed", { folders: named.zh })["zh-CN"],
      },
      field.name,
    );
  }
  const asset = await runtime.media.keep(createReadStream(path), { owner: caller.id, name: basename(path), maxBytes });
  return asset.id;
}

/** The real path, when it is a file below one of the folders after every symbolic link; null otherwise. */
async function allowedFile(value: string, folders: readonly string[]): Promise<string | null> {
  const path = localPath(value);
  for (const folder of path === null ? [] : folders) {
    try {
      const root = await realpath(folder);
      const real = await realpath(resolve(root, path as string));
      const inside = relative(root, real);
      if (inside !== "" && !inside.startsWith("..") && !isAbsolute(inside) && (await stat(real)).isFile()) {
        return real;
      }
    } catch {
      // Not there, or not to be looked at: the next folder may have it.
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
