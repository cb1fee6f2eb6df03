import { createHash, randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Context } from "./context.ts";
import { fetchOutside } from "./outside.ts";

/** The outcome of fetching the caller's medium. */
export type Download =
  | { end: "file"; path: string; sha256: string; bytes: number }
  /** Nobody answered, or the name is unknown. */
  | { end: "unreachable" }
  /** Somebody answered with this HTTP status. */
  | { end: "refused"; status: number }
  | { end: "timeout" }
  | { end: "too-large" }
  | { end: "empty" }
  /** The connection broke during the download. */
  | { end: "broken" };

export function isWebAddress(address: string): boolean {
  return URL.canParse(address) && /^https?:$/.test(new URL(address).protocol);
}

/** Downloads `address` into the media directory, where its name is its SHA-256. */
export async function download(context: Context, address: string, maxBytes: number): Promise<Download> {
  const late = new AbortController();
  const withdraw = context.clock.setTimeout(() => late.abort(), context.limits.downloadTimeoutMs);
  const signal = AbortSignal.any([late.signal, context.closing]);
  try {
    const fetched = await fetchInto(context.mediaDirectory, address, maxBytes, signal);
    return late.signal.aborted && fetched.end !== "file" ? { end: "timeout" } : fetched;
  } finally {
    withdraw();
  }
}

class TooLarge extends Error {}

async function fetchInto(directory: string, address: string, maxBytes: number, signal: AbortSignal): Promise<Download> {
  const response = await fetchOutside(address, { signal }).catch(() => undefined);
  if (response === undefined) return { end: "unreachable" };
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    return { end: "refused", status: response.status };
  }
  await mkdir(directory, { recursive: true });
  const partial = join(directory, `${randomUUID()}.part`);
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    await pipeline(
      Readable.fromWeb(response.body),
      async function* measure(chunks: AsyncIterable<Uint8Array>) {
        for await (const chunk of chunks) {
          bytes += chunk.byteLength;
          if (bytes > maxBytes) throw new TooLarge();
          hash.update(chunk);
          yield chunk;
        }
      },
      createWriteStream(partial),
      { signal },
    );
    if (bytes === 0) {
      await rm(partial, { force: true });
      return { end: "empty" };
    }
    const sha256 = hash.digest("hex");
    const path = join(directory, sha256);
    await rename(partial, path);
    return { end: "file", path, sha256, bytes };
  } catch (cause) {
    await rm(partial, { force: true });
    return { end: cause instanceof TooLarge ? "too-large" : "broken" };
  }
}
