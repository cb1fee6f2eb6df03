export type PictureFormat = "png" | "jpeg" | "bmp" | "webp";

export interface PictureFacts {
  format: PictureFormat;
  /** Pixels as stored, before any rotation a camera recorded. */
  width: number;
  height: number;
}

/** Format and size from the header of a picture; `undefined` when it is none of the four formats, or truncated. */
export function pictureFacts(bytes: Buffer): PictureFacts | undefined {
  try {
    const facts = readPng(bytes) ?? readJpeg(bytes) ?? readBmp(bytes) ?? readWebp(bytes);
    return facts !== undefined && facts.width > 0 && facts.height > 0 ? facts : undefined;
  } catch (cause) {
    // A truncated header shows as a read past the end.
    if (cause instanceof RangeError) return undefined;
    throw cause;
  }
}

function readPng(bytes: Buffer): PictureFacts | undefined {
  if (bytes.toString("latin1", 0, 8) !== "\x89PNG\r\n\x1a\n" || bytes.toString("latin1", 12, 16) !== "IHDR") return;
  return { format: "png", width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

/** Walks the segments up to the frame header, which holds the size. */
function readJpeg(bytes: Buffer): PictureFacts | undefined {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return;
  let at = 2;
  for (;;) {
    if (bytes.readUInt8(at) !== 0xff) return;
    const kind = bytes.readUInt8(at + 1);
    if (kind === 0xff) {
      at += 1;
      continue;
    }
    const isFrameHeader = kind >= 0xc0 && kind <= 0xcf && kind !== 0xc4 && kind !== 0xc8 && kind !== 0xcc;
    if (isFrameHeader) {
      return { format: "jpeg", width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) };
    }
    at += 2 + bytes.readUInt16BE(at + 2);
  }
}

function readBmp(bytes: Buffer): PictureFacts | undefined {
  if (bytes.toString("latin1", 0, 2) !== "BM" || bytes.readUInt32LE(14) < 40) return;
  return { format: "bmp", width: bytes.readInt32LE(18), height: Math.abs(bytes.readInt32LE(22)) };
}

function readWebp(bytes: Buffer): PictureFacts | undefined {
  if (bytes.toString("latin1", 0, 4) !== "RIFF" || bytes.toString("latin1", 8, 12) !== "WEBP") return;
  const kind = bytes.toString("latin1", 12, 16);
  if (kind === "VP8X") {
    return { format: "webp", width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 };
  }
  if (kind === "VP8L") {
    const packed = bytes.readUInt32LE(21);
    return { format: "webp", width: (packed & 0x3fff) + 1, height: ((packed >>> 14) & 0x3fff) + 1 };
  }
  if (kind !== "VP8 ") return;
  return { format: "webp", width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
}
