import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ToolcastError, UsageError } from "../errors/errors.ts";
import type { Logger } from "../ground/logger.ts";
import type { Http } from "../http/http.ts";
import { maxFileBytes } from "../media/receive-upload.ts";
import { inEveryLanguage } from "../messages/sentence.ts";
import { isLoopback } from "../providers/setting-schema.ts";
import type { Runtime } from "../runtime/runtime.ts";

/** Downloads into the file `path`. Rejects if that fails; people are not shown the reason. */
export type Download = (path: string, maxBytes: number) => Promise<void>;

/** A file that somebody sent on a platform. */
export interface InboundFile {
  /** As its sender named it. */
  name: string;
  /** The input it is for. */
  field: string;
  /** The caller id of its sender. */
  owner: string;
  /** The platform's own name, e.g. Slack. */
  platform: string;
  /** The largest size in bytes. Default 500 MB, the most any tool accepts. */
  maxBytes?: number;
  download: Download;
}

/**
 * Copies a file into the media store immediately, because platforms' addresses expire, and returns the asset's id.
 * Throws a `UsageError` that names the field if the file cannot be loaded, is too large or is not a medium.
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
  /**
   * The platform's own file servers, as `host` or `host:port`. An address elsewhere may come from a stranger and is not
   * requested.
   */
  hosts: readonly string[];
  /** E.g. the platform's token: sent only by https, or to this machine. A redirect is not followed. Default none. */
  headers?: Record<string, string>;
  /** The whole download, in milliseconds. Default five minutes. */
  timeoutMs?: number;
  /** A content type that no file there has: the platform's page for those who may not read it. Default none. */
  refusedAs?: string;
}

/** Downloads a file, but only from the platform's own servers. `http` must trust them. */
export function downloadFrom(
  http: Pick<Http, "download">,
  { url, hosts, headers, timeoutMs = 5 * 60_000, refusedAs }: FileAddress,
): Download {
  return async (path, maxBytes) => {
    const address = URL.parse(url);
    if (address === null || address.username !== "" || address.password !== "" || !hosts.includes(address.host)) {
      throw new Error("the address is not on the platform's file servers");
    }
    if (headers !== undefined && address.protocol !== "https:" && !isLoopback(url)) {
      throw new Error("the address is not encrypted");
    }
    const answer = await http.download({ url, headers, trust: "configured", timeoutMs, maxBytes }, path);
    if (answer.status !== 200) {
      throw new Error(`HTTP ${answer.status}`);
    }
    if (refusedAs !== undefined && answer.headers["content-type"]?.startsWith(refusedAs)) {
      throw new Error("a page came instead of the file");
    }
  };
}
