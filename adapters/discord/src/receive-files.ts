import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ToolcastError, UsageError } from "@toolcast/core";
import type { DiscordContext } from "./context.ts";
import type { InboundFile } from "./interaction.ts";
import { wordsOfBoth } from "./sentences.ts";

/** The largest file Discord lets anybody send, in bytes. */
const mostBytes = 500 * 1024 * 1024;
const downloadTimeoutMs = 5 * 60_000;

/** Copies an uploaded file into the media store at once, as its address expires. Throws a `UsageError` when it cannot. */
export async function receiveFile(
  { runtime, http, fileHosts, logger }: Pick<DiscordContext, "runtime" | "http" | "fileHosts" | "logger">,
  { file, field, owner, maxBytes = mostBytes }: { file: InboundFile; field: string; owner: string; maxBytes?: number },
): Promise<string> {
  const unreachable = () => new UsageError(wordsOfBoth("fileUnreachable", { name: file.filename }), field);
  if (!isPlatformFile(file.url, fileHosts)) {
    throw unreachable();
  }
  const directory = await mkdtemp(join(tmpdir(), "toolcast-discord-"));
  try {
    const path = join(directory, "file");
    const { status } = await http.download(
      { url: file.url, trust: "configured", timeoutMs: downloadTimeoutMs, maxBytes },
      path,
    );
    if (status !== 200) {
      throw unreachable();
    }
    const asset = await runtime.media.keep(createReadStream(path), { owner, name: file.filename, maxBytes });
    return asset.id;
  } catch (error) {
    if (ToolcastError.isInstance(error)) {
      throw error;
    }
    logger.warn({ error: error instanceof Error ? error.message : "unknown" }, "an uploaded file could not be loaded");
    throw unreachable();
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Only the platform's own file servers: an address in a payload is a stranger's word. */
function isPlatformFile(address: string, hosts: readonly string[]): boolean {
  const url = URL.parse(address);
  return url !== null && url.username === "" && url.password === "" && hosts.includes(url.host);
}
