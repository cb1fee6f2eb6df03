import { open } from "node:fs/promises";
import { loadSharp } from "./load-sharp.ts";

/** Pixels, as displayed. */
export interface ImageSize {
  width: number;
  height: number;
}

/** Sharp's names for the formats it reads, by our extension. */
const formats: Readonly<Record<string, string>> = {
  png: "png",
  jpg: "jpeg",
  gif: "gif",
  webp: "webp",
  tif: "tiff",
  avif: "heif",
};

/** Whether we can read the size of files with that extension; one without a size is then damaged. */
export function hasReadableSize(extension: string): boolean {
  return extension === "bmp" || formats[extension] !== undefined;
}

/** The size from the file's headers; null if they are damaged or we do not read the format. Decodes no pixels. */
export async function readImageSize(filePath: string, extension: string): Promise<ImageSize | null> {
  const size = extension === "bmp" ? await readBmp(filePath) : await readWithSharp(filePath, formats[extension]);
  return size !== null && size.width > 0 && size.height > 0 ? size : null;
}

async function readWithSharp(filePath: string, expected: string | undefined): Promise<ImageSize | null> {
  if (expected === undefined) {
    return null;
  }
  const sharp = await loadSharp();
  try {
    // Reads even a size beyond every limit, so that the refusal can name it.
    const { format, autoOrient } = await sharp(filePath, { limitInputPixels: false }).metadata();
    // A different format means that the library and the content sniffing disagree about the bytes.
    return format === expected ? { width: autoOrient.width, height: autoOrient.height } : null;
  } catch {
    return null;
  }
}

const bmpHeaderBytes = 26;
const oldBmpHeaderBytes = 12;

/** Sharp cannot read BMP, which vendors accept. The height of a picture stored from the top down is negative. */
async function readBmp(filePath: string): Promise<ImageSize | null> {
  const file = await open(filePath, "r");
  try {
    const { buffer: header, bytesRead } = await file.read(Buffer.alloc(bmpHeaderBytes), 0, bmpHeaderBytes, 0);
    if (bytesRead < bmpHeaderBytes) {
      return null;
    }
    return header.readUInt32LE(14) === oldBmpHeaderBytes
      ? { width: header.readUInt16LE(18), height: header.readUInt16LE(20) }
      : { width: header.readInt32LE(18), height: Math.abs(header.readInt32LE(22)) };
  } finally {
    await file.close();
  }
}
