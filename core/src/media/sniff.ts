import { open } from "node:fs/promises";
import { type FileTypeResult, fileTypeFromFile } from "file-type";
import { findFirstFrame } from "./first-frame.ts";
import { isWave } from "./wave.ts";

const headBytes = 4096;

/**
 * The result of content sniffing, including formats that the library does not know; undefined if nothing is recognized.
 */
export async function sniff(filePath: string): Promise<FileTypeResult | undefined> {
  const known = await fileTypeFromFile(filePath);
  if (known !== undefined && known.ext !== "xml") {
    return known;
  }
  const head = await readHead(filePath);
  if (isWave(head)) {
    return { ext: "wav", mime: "audio/wav" };
  }
  if (isSvg(head)) {
    return { ext: "svg", mime: "image/svg+xml" };
  }
  if (isWave64(head)) {
    return { ext: "w64", mime: "audio/x-w64" };
  }
  if (/^RIFX....WAVE/s.test(head.toString("latin1", 0, 12))) {
    return { ext: "rifx", mime: "audio/x-rifx" };
  }
  const frame = known === undefined ? await findFirstFrame(filePath) : null;
  return frame === null
    ? known
    : { ext: frame.extension, mime: frame.extension === "mp3" ? "audio/mpeg" : "audio/aac" };
}

async function readHead(filePath: string): Promise<Buffer> {
  const file = await open(filePath, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Whether the first element is `svg`; declarations and comments may come before it. */
function isSvg(head: Buffer): boolean {
  const isUtf16 = head[0] === 0xff && head[1] === 0xfe;
  const text = head.toString(isUtf16 ? "utf16le" : "utf8").replace(/^\ufeff/, "");
  return /^(?:\s|<\?[^>]*>|<!--(?:(?!-->).)*-->|<!DOCTYPE[^>[]*(?:\[[^\]]*\]\s*)?>)*<(?:\w+:)?svg[\s/>]/is.test(text);
}

/** Sony's variant of WAV for large files names its chunks by GUIDs; this is the first. */
function isWave64(head: Buffer): boolean {
  return head.toString("hex", 0, 16) === "726966662e91cf11a5d628db04c10000";
}
