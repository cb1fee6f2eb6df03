import { ADTS, FilePathSource, FLAC, Input, Logging, LogLevel, MATROSKA, MP3, MP4, OGG, QTFF, WEBM } from "mediabunny";
import { findFirstFragment } from "./first-fragment.ts";
import { findFirstFrame } from "./first-frame.ts";

/**
 * Every container we read, by name: the library's own list holds playlists too, and reading one would follow the
 * addresses and paths that a stranger wrote into it.
 */
const containers = [MP4, QTFF, MATROSKA, WEBM, MP3, OGG, ADTS, FLAC];

/** Opens a recording of a known kind (an extension); sound begins at its first frame. Whoever opens it disposes it. */
export async function openTracks(filePath: string, extension: string): Promise<Input> {
  const frame = extension === "mp3" || extension === "aac" ? await findFirstFrame(filePath) : null;
  const file = sourceOf(filePath);
  return new Input({ source: frame === null ? file : file.slice(frame.offset), formats: containers });
}

/**
 * When the last fragment of an MP4 ends, in seconds; 0 without one. Where samples come before the fragments the library
 * reads those alone, so the fragments are given to it as a file of their own.
 */
export async function secondsInFragments(filePath: string, extension: string, whole: Input): Promise<number> {
  const offset = ["mp4", "m4a", "mov"].includes(extension) ? await findFirstFragment(filePath) : null;
  if (offset === null) {
    return 0;
  }
  const source = sourceOf(filePath).slice(offset);
  const fragments = new Input({ source, formats: containers, initInput: whole });
  try {
    return await fragments.computeDuration();
  } finally {
    fragments.dispose();
  }
}

function sourceOf(filePath: string): FilePathSource {
  // The library's remarks would go to standard output, which belongs to whoever reads a command's result or speaks MCP there.
  Logging.level = LogLevel.Silent;
  // A damaged file makes it throw errors of every kind, also between reads; each means the same here.
  return new FilePathSource(filePath, { handleUnhandledError: () => {} });
}
