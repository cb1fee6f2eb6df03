import { stat } from "node:fs/promises";
import type { InputAudioTrack, InputTrack, InputVideoTrack } from "mediabunny";
import { UsageError } from "../errors/errors.ts";
import { hasReadableSize, readImageSize } from "./image-size.ts";
import type { MediaFacts } from "./media.ts";
import { openTracks, secondsInFragments } from "./open-tracks.ts";
import { sniff } from "./sniff.ts";
import { readWave } from "./wave.ts";

/** Containers that may contain only sound: their tracks decide whether they are audio or video. */
const soundIn: Record<string, { type: string; extension: string }> = {
  mp4: { type: "audio/mp4", extension: "m4a" },
  mov: { type: "audio/mp4", extension: "m4a" },
  m4a: { type: "audio/mp4", extension: "m4a" },
  webm: { type: "audio/webm", extension: "webm" },
  mkv: { type: "audio/matroska", extension: "mka" },
  ogg: { type: "audio/ogg", extension: "ogg" },
  mp3: { type: "audio/mpeg", extension: "mp3" },
  aac: { type: "audio/aac", extension: "aac" },
  flac: { type: "audio/flac", extension: "flac" },
};

const picturesIn: Record<string, { type: string; extension: string }> = {
  mp4: { type: "video/mp4", extension: "mp4" },
  m4a: { type: "video/mp4", extension: "mp4" },
  mov: { type: "video/quicktime", extension: "mov" },
  webm: { type: "video/webm", extension: "webm" },
  mkv: { type: "video/matroska", extension: "mkv" },
  ogg: { type: "video/ogg", extension: "ogv" },
};

/** Other names of the containers above in content sniffing. */
const containerOf: Record<string, string> = {
  m4v: "mp4",
  m4p: "mp4",
  f4v: "mp4",
  "3gp": "mp4",
  "3g2": "mp4",
  m4b: "m4a",
  f4a: "m4a",
  f4b: "m4a",
  opus: "ogg",
  oga: "ogg",
  ogv: "ogg",
  ogm: "ogg",
};

/**
 * Picture formats that some vendor accepts or that are common; for these, a refusal says what the input accepts
 * instead.
 */
const pictures: Record<string, { type: string; extension: string }> = {
  png: { type: "image/png", extension: "png" },
  apng: { type: "image/png", extension: "png" },
  jpg: { type: "image/jpeg", extension: "jpg" },
  gif: { type: "image/gif", extension: "gif" },
  webp: { type: "image/webp", extension: "webp" },
  bmp: { type: "image/bmp", extension: "bmp" },
  tif: { type: "image/tiff", extension: "tif" },
  heic: { type: "image/heic", extension: "heic" },
  avif: { type: "image/avif", extension: "avif" },
};

/**
 * What a file is, by its content alone, because names and declared types may be wrong. Throws a {@link UsageError} if
 * it is not a medium, or too damaged to tell.
 */
export async function probe(filePath: string): Promise<MediaFacts> {
  const { size: bytes } = await stat(filePath);
  const sniffed = bytes === 0 ? undefined : await sniff(filePath);
  if (sniffed === undefined) {
    throw unreadable();
  }
  const picture = pictures[sniffed.ext];
  if (picture !== undefined) {
    return { kind: "image", ...picture, bytes, ...(await pictureSize(filePath, picture.extension)) };
  }
  const container = containerOf[sniffed.ext] ?? sniffed.ext;
  if (container === "wav") {
    const wave = await readWave(filePath);
    if (wave === null) {
      throw unreadable();
    }
    return { ...wave, bytes };
  }
  if (soundIn[container] === undefined) {
    throw notRead(sniffed);
  }
  return { ...(await readTracks(filePath, container)), bytes };
}

/** Recordings whose MIME type does not show that. */
const recordings = ["asf", "mxf", "rm", "ogx", "swf"];

/**
 * A file of another known kind is named, not called damaged: otherwise people could not tell that it is the wrong one.
 */
function notRead({ ext: actual, mime }: { ext: string; mime: string }): UsageError {
  if (mime.startsWith("image/")) {
    return new UsageError({ key: "media.picture-not-read", values: { actual } });
  }
  const isRecording = /^(audio|video)\//.test(mime) || recordings.includes(actual);
  return new UsageError({ key: isRecording ? "media.not-read" : "media.no-medium", values: { actual } });
}

async function pictureSize(filePath: string, extension: string): Promise<{ width?: number; height?: number }> {
  const size = await readImageSize(filePath, extension);
  if (size === null && hasReadableSize(extension)) {
    throw unreadable();
  }
  return size ?? {};
}

async function readTracks(filePath: string, container: string): Promise<Omit<MediaFacts, "bytes">> {
  const input = await openTracks(filePath, container);
  try {
    const video = await input.getPrimaryVideoTrack();
    const format = video === null ? soundIn[container] : picturesIn[container];
    const track = video ?? (await input.getPrimaryAudioTrack());
    if (track === null || format === undefined) {
      throw unreadable();
    }
    const seconds = Math.max(await input.computeDuration(), await secondsInFragments(filePath, container, input));
    return {
      kind: video === null ? "audio" : "video",
      ...format,
      ...(Number.isFinite(seconds) && seconds > 0 ? { durationMs: Math.round(seconds * 1000) } : {}),
      ...(video === null ? {} : { width: await video.getDisplayWidth(), height: await video.getDisplayHeight() }),
      ...(video === null ? {} : await frameRateOf(video)),
      ...(video === null && track.isAudioTrack() ? await sampleRateOf(track) : {}),
      ...(await codecOf(track)),
    };
  } catch {
    throw unreadable();
  } finally {
    input.dispose();
  }
}

/** Enough for an average without reading hours of film. */
const framesLookedAt = 500;

/** From the container's own table if it has one. A still has no rate. */
async function frameRateOf(track: InputVideoTrack): Promise<{ framesPerSecond?: number }> {
  const { averagePacketRate: rate } = await track.computePacketStats(framesLookedAt, { metadataOnly: true });
  return Number.isFinite(rate) && rate > 0 ? { framesPerSecond: Math.round(rate * 100) / 100 } : {};
}

async function sampleRateOf(track: InputAudioTrack): Promise<{ sampleRateHz?: number }> {
  const rate = await track.getSampleRate();
  return Number.isFinite(rate) && rate > 0 ? { sampleRateHz: rate } : {};
}

/** The common name, otherwise the container's own (`mp4v`): a refusal names it. */
async function codecOf(track: InputTrack): Promise<{ codec?: string }> {
  const codec = (await track.getCodec()) ?? (await track.getInternalCodecId());
  return typeof codec === "string" ? { codec } : {};
}

function unreadable(): UsageError {
  return new UsageError({ key: "media.unreadable" });
}
