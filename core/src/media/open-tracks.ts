import type { FilePathSource, Input } from "mediabunny";
import { findFirstFragment } from "./first-fragment.ts";
import { findFirstFrame } from "./first-frame.ts";

/** Loads the library at its first use; most commands open no recording. */
async function loadMediabunny() {
  const mediabunny = await import("mediabunny");
  const { Input, FilePathSource, Logging, LogLevel } = mediabunny;
  // It would log to standard output, which must contain nothing but a command's result or MCP messages.
  Logging.level = LogLevel.Silent;
  const { MP4, QTFF, MATROSKA, WEBM, MP3, OGG, ADTS, FLAC } = mediabunny;
  // The containers we read, listed by name: the library's own list includes playlists, and reading one would follow the
  // addresses and paths that a stranger wrote into it.
  return { Input, FilePathSource, containers: [MP4, QTFF, MATROSKA, WEBM, MP3, OGG, ADTS, FLAC] };
}

/** Opens a recording with a known extension; sound starts at its first frame. The caller must dispose of it. */
export async function openTracks(filePath: string, extension: string): Promise<Input> {
  const frame = extension === "mp3" || extension === "aac" ? await findFirstFrame(filePath) : null;
  const { Input, FilePathSource, containers } = await loadMediabunny();
  const file = sourceOf(filePath, FilePathSource);
  return new Input({ source: frame === null ? file : file.slice(frame.offset), formats: containers });
}

/**
 * When the last fragment of an MP4 ends, in seconds; 0 if there are none. If samples come before the fragments, the
 * library reads only those, so the fragments are passed to it as a separate file.
 */
export async function secondsInFragments(filePath: string, extension: string, whole: Input): Promise<number> {
  const offset = ["mp4", "m4a", "mov"].includes(extension) ? await findFirstFragment(filePath) : null;
  if (offset === null) {
    return 0;
  }
  const { Input, FilePathSource, containers } = await loadMediabunny();
  const source = sourceOf(filePath, FilePathSource).slice(offset);
  const fragments = new Input({ source, formats: containers, initInput: whole });
  try {
    return await fragments.computeDuration();
  } finally {
    fragments.dispose();
  }
}

function sourceOf(filePath: string, Source: typeof FilePathSource): FilePathSource {
  // A damaged file makes it throw all kinds of errors, even between reads; each means the same here.
  return new Source(filePath, { handleUnhandledError: () => {} });
}
