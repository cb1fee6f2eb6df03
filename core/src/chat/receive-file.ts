import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ToolcastError, UsageError } from "../errors/errors.ts";
import type { Logger } from "../ground/logger.ts";
import type { Http } from "../http/http.ts";
import { maxFileBytes } from "../media/receive-upload.ts";
import { inEveryLanguage } from "../messages/sentence.ts";
import type { Runtime } from "../runtime/runtime.ts";

/** Loads a file's bytes into the file `path`. Rejects when it cannot; nothing of why is shown to people. */
export type Download = (path: string, maxBytes: number) => Promise<void>;

/** A file that somebody sent on a platform. */
export interface InboundFile {
  /** As its sender named it. */
  name: string;
  /** The input it is for. */
  field: string;
  /** The sender's caller id. */
  owner: string;
  /** The platform's own name, e.g. Slack. */
  platform: string;
  /** The largest size in bytes. Default 500 MB, what any tool takes at most. */
  maxBytes?: number;
  download: Download;
}

/**
 * Copies a file into the media store at once, as platforms' addresses expire; gives the asset's id. Throws a `UsageError`
 * that names the field when the file cannot be loaded, is too large or is no medium.
 */
export async function receiveFile(
  { runtime, logger }: { runtime: Pick<Runtime, "media">; logger: Logger },
  { name, field, owner, platform, maxBytes = maxFileBytes, download }: InboundFile,
): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "toolcast-file-"));
  try {
    const path = join(directory, "file");
    await download(path, maxBytes);
    const asset = await runtime.media.keep(createReadStream(path), { owner, name, maxBytes });
    return asset.id;
  } catch (error) {
    if (ToolcastError.isInstance(error)) {
      throw error;
    }
    logger.warn(
      { error: error instanceof Error ? error.message : "unknown" },
      "a file that somebody sent could not be loaded",
    );
    throw new UsageError(inEveryLanguage({ key: "chat.file-unreachable", values: { name, platform } }), field);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Where a platform keeps a file. */
export interface FileAddress {
  url: string;
  /** The platform's own file servers, as `host` or `host:port`: an address elsewhere is a stranger's word, and not asked. */
  hosts: readonly string[];
  /** E.g. the platform's token. Default none. */
  headers?: Record<string, string>;
  /** The whole download, in milliseconds. Default five minutes. */
  timeoutMs?: number;
}

/** Loads a file from a platform's own servers alone. `http` must trust them. */
export function downloadFrom(
  http: Pick<Http, "download">,
  { url, hosts, headers, timeoutMs = 5 * 60_000 }: FileAddress,
): Download {
  return async (path, maxBytes) => {
    const address = URL.parse(url);
    if (address === null || address.username !== "" || address.password !== "" || !hosts.includes(address.host)) {
      throw new Error("the address is not the platform's");
    }
    const { status } = await http.download({ url, headers, trust: "configured", timeoutMs, maxBytes }, path);
    if (status !== 200) {
      throw new Error(`HTTP ${status}`);
    }
  };
}
