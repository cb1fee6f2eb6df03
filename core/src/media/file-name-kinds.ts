import { extname } from "node:path";
import type { MediaKind } from "./formats.ts";

/** Containers such as mp4 may contain sound alone. */
const extensions: readonly (readonly [kinds: readonly MediaKind[], extensions: string])[] = [
  [["image"], "png apng jpg jpeg jpe jfif gif webp bmp tif tiff heic heif avif svg"],
  [["audio"], "wav mp3 m4a aac flac oga opus mka aif aiff wma"],
  [["video"], "mov m4v ogv avi wmv mpg mpeg flv 3gp"],
  [["video", "audio"], "mp4 webm mkv ogg"],
];

/**
 * The kinds of media that a file name promises by its extension; empty for the extension of no medium, and null without
 * an extension.
 */
export function kindsOfFileName(name: string): readonly MediaKind[] | null {
  const extension = /^\.([a-z][a-z0-9]{0,4})$/i.exec(extname(name))?.[1]?.toLowerCase();
  if (extension === undefined) {
    return null;
  }
  return extensions.find(([, names]) => names.split(" ").includes(extension))?.[0] ?? [];
}
