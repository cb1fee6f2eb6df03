import { createHash, randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fetch } from "undici";
import type { Context } from "../context.ts";
import { type AudioFacts, probe, type VideoFacts } from "../media/probe.ts";
import { XjcRefusal } from "./codes.ts";

export interface Downloaded<Facts> {
  path: string;
  sha256: string;
  facts: Facts;
}

const megabyte = 1024 * 1024;

/** Fetches a driving or training sound and holds it against the document: 5 s to 30 min, 100 MB, mp3, m4a or wav. */
export async function downloadAudio(context: Context, address: string): Promise<Downloaded<AudioFacts>> {
  if (!isWebAddress(address)) throw new XjcRefusal(20013);
  const file = await download(context, address, { maxBytes: 100 * megabyte, unreachable: 20011 });
  const facts = await probe(file.path);
  requireUsableAudio(facts);
  return { ...file, facts };
}

/** Fetches a digital human's video: mp4 or mov with H.264, 360p to 4K, 10 to 300 s, 500 MB. */
export async function downloadVideo(context: Context, address: string): Promise<Downloaded<VideoFacts>> {
  if (!isWebAddress(address)) throw new XjcRefusal(20012);
  const file = await download(context, address, { maxBytes: 500 * megabyte, unreachable: 20012 });
  const facts = await probe(file.path);
  requireUsableVideo(facts);
  return { ...file, facts };
}

type Facts = AudioFacts | VideoFacts | undefined;

export function requireUsableAudio(facts: Facts): asserts facts is AudioFacts {
  if (facts?.kind !== "audio") throw new XjcRefusal(20010);
  if (facts.durationMs < 5000 || facts.durationMs > 30 * 60_000) throw new XjcRefusal(20014);
}

export function requireUsableVideo(facts: Facts): asserts facts is VideoFacts {
  if (facts?.kind !== "video" || facts.codec !== "avc") throw new XjcRefusal(20026);
  const [shortSide, longSide] = [Math.min(facts.width, facts.height), Math.max(facts.width, facts.height)];
  if (shortSide < 360 || shortSide > 2160 || longSide > 4096) throw new XjcRefusal(20022);
  // The table has no code of its own for a video's length.
  if (facts.durationMs < 10_000 || facts.durationMs > 300_000) throw new XjcRefusal(20014, "不合法的视频时长");
}

function isWebAddress(address: string): boolean {
  return URL.canParse(address) && /^https?:$/.test(new URL(address).protocol);
}

async function download(
  context: Context,
  address: string,
  rules: { maxBytes: number; unreachable: number },
): Promise<{ path: string; sha256: string }> {
  const late = new AbortController();
  const withdraw = context.clock.setTimeout(() => late.abort(), context.limits.downloadTimeoutMs);
  const signal = AbortSignal.any([late.signal, context.closing]);
  try {
    return await fetchInto(context.mediaDirectory, address, rules, signal);
  } finally {
    withdraw();
  }
}

async function fetchInto(
  directory: string,
  address: string,
  rules: { maxBytes: number; unreachable: number },
  signal: AbortSignal,
): Promise<{ path: string; sha256: string }> {
  const response = await fetch(address, { signal }).catch(() => undefined);
  if (!response?.ok || !response.body) {
    await response?.body?.cancel();
    throw new XjcRefusal(rules.unreachable);
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
          if (bytes > rules.maxBytes) throw new XjcRefusal(20009);
          hash.update(chunk);
          yield chunk;
        }
      },
      createWriteStream(partial),
      { signal },
    );
    if (bytes === 0) throw new XjcRefusal(20015);
    const sha256 = hash.digest("hex");
    const path = join(directory, sha256);
    await rename(partial, path);
    return { path, sha256 };
  } catch (cause) {
    await rm(partial, { force: true });
    throw cause instanceof XjcRefusal ? cause : new XjcRefusal(20018);
  }
}
