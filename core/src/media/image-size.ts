import { type FileHandle, open } from "node:fs/promises";

/** Pixels, as displayed. */
export interface ImageSize {
  width: number;
  height: number;
}

/** The picture formats whose size is read, by extension. */
const readers: Record<string, (file: FileHandle) => Promise<ImageSize | null>> = {
  png: readPng,
  gif: readGif,
  webp: readWebp,
  jpg: readJpeg,
};

/** The size from the file's headers; null when they are damaged or the format is not one we read. */
export async function readImageSize(filePath: string, extension: string): Promise<ImageSize | null> {
  const read = readers[extension];
  if (read === undefined) {
    return null;
  }
  const file = await open(filePath, "r");
  try {
    const size = await read(file);
    return size !== null && size.width > 0 && size.height > 0 ? size : null;
  } catch (error) {
    if (error instanceof RangeError) {
      return null;
    }
    throw error;
  } finally {
    await file.close();
  }
}

/** Exactly `count` bytes; a file that ends before is damaged (RangeError, as a buffer throws when read past its end). */
async function bytesAt(file: FileHandle, position: number, count: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(count), 0, count, position);
  if (bytesRead < count) {
    throw new RangeError("the file ends too soon");
  }
  return buffer;
}

async function readPng(file: FileHandle): Promise<ImageSize | null> {
  const header = await bytesAt(file, 0, 24);
  return header.toString("latin1", 12, 16) === "IHDR"
    ? { width: header.readUInt32BE(16), height: header.readUInt32BE(20) }
    : null;
}

async function readGif(file: FileHandle): Promise<ImageSize> {
  const header = await bytesAt(file, 0, 10);
  return { width: header.readUInt16LE(6), height: header.readUInt16LE(8) };
}

async function readWebp(file: FileHandle): Promise<ImageSize | null> {
  const header = await bytesAt(file, 0, 30);
  switch (header.toString("latin1", 12, 16)) {
    case "VP8 ":
      return { width: header.readUInt16LE(26) & 0x3fff, height: header.readUInt16LE(28) & 0x3fff };
    case "VP8L": {
      const bits = header.readUInt32LE(21);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case "VP8X":
      return { width: header.readUIntLE(24, 3) + 1, height: header.readUIntLE(27, 3) + 1 };
    default:
      return null;
  }
}

/** Real pictures have a few dozen; a forged one could have millions. */
const maxSegments = 2000;

/** Walks the segments up to the frame header, which alone holds the size; cameras put their preview pictures before it. */
async function readJpeg(file: FileHandle): Promise<ImageSize | null> {
  let isTurned = false;
  for (let position = 2, segments = 0; segments < maxSegments; segments += 1) {
    const segment = await bytesAt(file, position, 4);
    if (segment[0] !== 0xff) {
      return null;
    }
    const marker = segment.readUInt8(1);
    if (marker === 0xff) {
      position += 1;
      continue;
    }
    if (isFrameHeader(marker)) {
      const frame = await bytesAt(file, position + 5, 4);
      const [height, width] = [frame.readUInt16BE(0), frame.readUInt16BE(2)];
      return isTurned ? { width: height, height: width } : { width, height };
    }
    const segmentBytes = segment.readUInt16BE(2);
    if (segmentBytes < 2) {
      return null;
    }
    if (marker === 0xe1) {
      isTurned ||= isQuarterTurned(await bytesAt(file, position + 4, segmentBytes - 2));
    }
    position += 2 + segmentBytes;
  }
  return null;
}

/** SOF0 to SOF15 without the three markers between them that mean something else. */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

const orientationTag = 0x0112;

/** True when Exif says that the picture is shown turned by a quarter (orientations 5 to 8). */
function isQuarterTurned(segment: Buffer): boolean {
  if (segment.toString("latin1", 0, 6) !== "Exif\0\0" || segment.length < 14) {
    return false;
  }
  const tiff = segment.subarray(6);
  const isLittle = tiff.toString("latin1", 0, 2) === "II";
  const read16 = (offset: number) => (isLittle ? tiff.readUInt16LE(offset) : tiff.readUInt16BE(offset));
  const directory = isLittle ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  if (directory + 2 > tiff.length) {
    return false;
  }
  for (
    let entry = directory + 2, left = read16(directory);
    left > 0 && entry + 12 <= tiff.length;
    left -= 1, entry += 12
  ) {
    if (read16(entry) === orientationTag) {
      return read16(entry + 8) >= 5 && read16(entry + 8) <= 8;
    }
  }
  return false;
}
