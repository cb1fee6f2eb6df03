import type { Context } from "../context.ts";
import { download, isWebAddress } from "../download.ts";
import type { AudioFacts, VideoFacts } from "../media/probe.ts";
import { XjcRefusal } from "./codes.ts";

export interface Downloaded<Facts> {
  path: string;
  sha256: string;
  facts: Facts;
}

const megabyte = 1024 * 1024;

/** Fetches a driving or training sound and checks it against the document: 5 s to 30 min, 100 MB, mp3, m4a or wav. */
export async function downloadAudio(context: Context, address: string): Promise<Downloaded<AudioFacts>> {
  if (!isWebAddress(address)) throw new XjcRefusal(20013);
  const file = await fetchFile(context, address, { maxBytes: 100 * megabyte, unreachable: 20011 });
  const { probe } = await import("../media/probe.ts");
  const facts = await probe(file.path);
  requireUsableAudio(facts);
  return { ...file, facts };
}

/** Fetches a digital human's video: mp4 or mov with H.264, 360p to 4K, 10 to 300 s, 500 MB. */
export async function downloadVideo(context: Context, address: string): Promise<Downloaded<VideoFacts>> {
  if (!isWebAddress(address)) throw new XjcRefusal(20012);
  const file = await fetchFile(context, address, { maxBytes: 500 * megabyte, unreachable: 20012 });
  const { probe } = await import("../media/probe.ts");
  const facts = await probe(file.path);
  requireUsableVideo(facts);
  return { ...file, facts };
}

type Facts = AudioFacts | VideoFacts | undefined;

export function requireUsableAudio(facts: Facts): asserts facts is AudioFacts {
  if (facts?.kind !== "audio" || facts.format === "aac") throw new XjcRefusal(20010);
  if (facts.durationMs < 5000 || facts.durationMs > 30 * 60_000) throw new XjcRefusal(20014);
}

export function requireUsableVideo(facts: Facts): asserts facts is VideoFacts {
  if (facts?.kind !== "video" || facts.codec !== "avc") throw new XjcRefusal(20026);
  const [shortSide, longSide] = [Math.min(facts.width, facts.height), Math.max(facts.width, facts.height)];
  if (shortSide < 360 || shortSide > 2160 || longSide > 4096) throw new XjcRefusal(20022);
  // The table has no code of its own for a video's length.
  if (facts.durationMs < 10_000 || facts.durationMs > 300_000) throw new XjcRefusal(20014, "不合法的视频时长");
}

async function fetchFile(
  context: Context,
  address: string,
  rules: { maxBytes: number; unreachable: number },
): Promise<{ path: string; sha256: string }> {
  const fetched = await download(context, address, rules.maxBytes);
  switch (fetched.end) {
    case "file":
      return fetched;
    case "too-large":
      throw new XjcRefusal(20009);
    case "empty":
      throw new XjcRefusal(20015);
    case "broken":
      throw new XjcRefusal(20018);
    default:
      throw new XjcRefusal(rules.unreachable);
  }
}
