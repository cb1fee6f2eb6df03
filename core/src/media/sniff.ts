import { open } from "node:fs/promises";
import type { FileTypeResult } from "file-type";
import { findFirstFrame } from "./first-frame.ts";
import { knownBySignature } from "./signatures.ts";
import { isWave } from "./wave.ts";

/** Drawings may begin with a long comment. */
const headBytes = 2 ** 16;

/**
 * The result of content sniffing, including formats that the library does not know; undefined if nothing is recognized.
 */
export async function sniff(filePath: string): Promise<FileTypeResult | undefined> {
  const { fileTypeFromFile } = await import("file-type");
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
  const named = known === undefined ? knownBySignature(head) : undefined;
  if (named !== undefined) {
    return named;
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
  const text = textOf(head).replace(/^\ufeff/, "");
  return /^(?:\s|<\?(?:(?!\?>).)*\?>|<!--(?:(?!-->).)*-->|<!DOCTYPE[^>[]*(?:\[[^\]]*\]\s*)?>)*<(?:\w+:)?svg[\s/>]/is.test(
    text,
  );
}

function textOf(head: Buffer): string {
  const mark = head.toString("hex", 0, 2);
  if (mark === "feff") {
    return head
      .subarray(0, head.length & ~1)
      .swap16()
      .toString("utf16le");
  }
  return head.toString(mark === "fffe" ? "utf16le" : "utf8");
}
