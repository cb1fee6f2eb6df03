import { stat } from "node:fs/promises";
import { fileTypeFromFile } from "file-type";
import {
  ADTS,
  FilePathSource,
  FLAC,
  Input,
  type InputAudioTrack,
  type InputTrack,
  type InputVideoTrack,
  Logging,
  LogLevel,
  MATROSKA,
  MP3,
  MP4,
  OGG,
  QTFF,
  WAVE,
  WEBM,
} from "mediabunny";
import { UsageError } from "../errors/errors.ts";
import { readImageSize } from "./image-size.ts";
import type { MediaFacts } from "./media.ts";

/**
 * Every container we read, by name: the library's own list holds playlists too, and reading one would follow the
 * addresses and paths that a stranger wrote into it.
 */
export const containers = [MP4, QTFF, MATROSKA, WEBM, MP3, WAVE, OGG, ADTS, FLAC];

/** Containers that hold sound alone as often as pictures: what they are is decided by their tracks. */
const soundIn: Record<string, { type: string; extension: string }> = {
  mp4: { type: "audio/mp4", extension: "m4a" },
  mov: { type: "audio/mp4", extension: "m4a" },
  m4a: { type: "audio/mp4", extension: "m4a" },
  webm: { type: "audio/webm", extension: "webm" },
  mkv: { type: "audio/matroska", extension: "mka" },
  ogg: { type: "audio/ogg", extension: "ogg" },
  mp3: { type: "audio/mpeg", extension: "mp3" },
  wav: { type: "audio/wav", extension: "wav" },
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

/** Other names that content sniffing gives to the containers above. */
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

/** Pictures whose size we do not read are still named, so that the refusal can say which formats are accepted. */
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
 * What a file is, by its content alone: names and declared types are whatever somebody wrote.
 * Throws a {@link UsageError} when it is no medium, or too damaged to tell.
 */
export async function probe(filePath: string): Promise<MediaFacts> {
  const { size: bytes } = await stat(filePath);
  const sniffed = bytes === 0 ? undefined : await fileTypeFromFile(filePath);
  if (sniffed === undefined) {
    throw unreadable();
  }
  const picture = pictures[sniffed.ext];
  if (picture !== undefined) {
    return { kind: "image", ...picture, bytes, ...(await pictureSize(filePath, picture.extension)) };
  }
  const container = containerOf[sniffed.ext] ?? sniffed.ext;
  if (soundIn[container] === undefined) {
    // A recording after all, e.g. AVI or AMR, which people cannot know to be the wrong one.
    throw /^(audio|video)\//.test(sniffed.mime)
      ? new UsageError({ key: "media.not-read", values: { actual: sniffed.ext } })
      : unreadable();
  }
  return { ...(await readTracks(filePath, container)), bytes };
}

async function pictureSize(filePath: string, extension: string): Promise<{ width?: number; height?: number }> {
  const size = await readImageSize(filePath, extension);
  if (size === null && ["png", "jpg", "gif", "webp"].includes(extension)) {
    throw unreadable();
  }
  return size ?? {};
}

async function readTracks(filePath: string, container: string): Promise<Omit<MediaFacts, "bytes">> {
  // A damaged file makes the library throw errors of every kind, also between reads; each means the same here.
  const source = new FilePathSource(filePath, { handleUnhandledError: () => {} });
  // Its remarks would go to standard output, which belongs to whoever reads a command's result or speaks MCP there.
  Logging.level = LogLevel.Silent;
  const input = new Input({ source, formats: containers });
  try {
    const video = await input.getPrimaryVideoTrack();
    const format = video === null ? soundIn[container] : picturesIn[container];
    const track = video ?? (await input.getPrimaryAudioTrack());
    if (track === null || format === undefined) {
      throw unreadable();
    }
    const seconds = await input.computeDuration();
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

/** Enough for an average; a film of hours is not read through. */
const framesLookedAt = 500;

/** From the container's own table where it has one. A still has no rate. */
async function frameRateOf(track: InputVideoTrack): Promise<{ framesPerSecond?: number }> {
  const { averagePacketRate: rate } = await track.computePacketStats(framesLookedAt, { metadataOnly: true });
  return Number.isFinite(rate) && rate > 0 ? { framesPerSecond: Math.round(rate * 100) / 100 } : {};
}

async function sampleRateOf(track: InputAudioTrack): Promise<{ sampleRateHz?: number }> {
  const rate = await track.getSampleRate();
  return Number.isFinite(rate) && rate > 0 ? { sampleRateHz: rate } : {};
}

/** The common name, else the container's own (`mp4v`), so that a refusal can name it. */
async function codecOf(track: InputTrack): Promise<{ codec?: string }> {
  const codec = (await track.getCodec()) ?? (await track.getInternalCodecId());
  return typeof codec === "string" ? { codec } : {};
}

function unreadable(): UsageError {
  return new UsageError({ key: "media.unreadable" });
}
