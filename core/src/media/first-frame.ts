import { open } from "node:fs/promises";

/** Those parts of an MP3 or AAC (ADTS) header that must match the next frame. */
interface Frame {
  /** Version, layer and sample rate: the same in all frames of a file. */
  kind: number;
  bytes: number;
}

const headerBytes = 7;
const tagBytes = 10;
/** Enough to skip a cover that the tag's length does not include. */
const searchedBytes = 2 ** 20;
/** This many frames in a row are no accident. */
const framesInRow = 4;

/**
 * The byte offset at which the sound of an MP3 or AAC file begins; null if there is none. Files cut out of streams
 * begin in the middle of a frame, and some programs write zeros or a wrong length before the first one.
 */
export async function findFirstFrame(filePath: string): Promise<{ offset: number; extension: "mp3" | "aac" } | null> {
  const file = await open(filePath, "r");
  try {
    const read = async (position: number, count: number) => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(count), 0, count, position);
      return buffer.subarray(0, bytesRead);
    };
    let start = 0;
    for (let tag = await read(0, tagBytes); tagBytesOf(tag) > 0; tag = await read(start, tagBytes)) {
      start += tagBytesOf(tag);
    }
    // A tag may also claim to be longer than it is.
    for (const from of start === 0 ? [0] : [start, tagBytes]) {
      const found = firstFrameIn(await read(from, searchedBytes));
      if (found !== null) {
        return { offset: from + found.offset, extension: found.extension };
      }
    }
    return null;
  } finally {
    await file.close();
  }
}

/** ID3v2, section 3.1: the length has seven bits per byte and excludes the header; 0 if there is no tag. */
function tagBytesOf(header: Buffer): number {
  if (
    header.length < tagBytes ||
    header.toString("latin1", 0, 3) !== "ID3" ||
    (header.readUInt32BE(6) & 0x80808080) !== 0
  ) {
    return 0;
  }
  const hasFooter = (header.readUInt8(5) & 0x10) !== 0;
  const bytes = [6, 7, 8, 9].reduce((length, at) => length * 128 + header.readUInt8(at), 0);
  return tagBytes + bytes + (hasFooter ? tagBytes : 0);
}

function firstFrameIn(bytes: Buffer): { offset: number; extension: "mp3" | "aac" } | null {
  for (let offset = bytes.indexOf(0xff); offset !== -1; offset = bytes.indexOf(0xff, offset + 1)) {
    for (const [extension, read] of [
      ["mp3", mp3Frame],
      ["aac", adtsFrame],
    ] as const) {
      if (isRow(bytes, offset, read)) {
        return { offset, extension };
      }
    }
  }
  return null;
}

/** Whether consecutive frames start there: four, or fewer up to the end of the file. */
function isRow(bytes: Buffer, offset: number, read: (bytes: Buffer, offset: number) => Frame | null): boolean {
  const first = read(bytes, offset);
  let [frame, at, count] = [first, offset, 0];
  while (frame !== null && frame.kind === first?.kind) {
    count += 1;
    at += frame.bytes;
    if (count === framesInRow || (count > 1 && at === bytes.length)) {
      return true;
    }
    frame = read(bytes, at);
  }
  return false;
}

const mpeg1Kilobits = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const mpeg2Kilobits = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const mpeg1Hertz = [44_100, 48_000, 32_000];

/** ISO/IEC 11172-3 and 13818-3, layer III, and the half rates of "MPEG 2.5". */
function mp3Frame(bytes: Buffer, offset: number): Frame | null {
  if (offset + headerBytes > bytes.length || bytes[offset] !== 0xff) {
    return null;
  }
  const [second, third] = [bytes.readUInt8(offset + 1), bytes.readUInt8(offset + 2)];
  const version = (second >> 3) & 3;
  const kilobits = (version === 3 ? mpeg1Kilobits : mpeg2Kilobits)[third >> 4];
  const hertz = mpeg1Hertz[(third >> 2) & 3];
  if ((second & 0xe6) !== 0xe2 || version === 1 || !kilobits || hertz === undefined) {
    return null;
  }
  const divisor = version === 3 ? 1 : version === 2 ? 2 : 4;
  const samples = version === 3 ? 1152 : 576;
  const padding = (third >> 1) & 1;
  return {
    kind: ((second & 0xfe) << 8) | (third & 0x0c),
    bytes: Math.floor((samples / 8) * ((kilobits * 1000) / (hertz / divisor))) + padding,
  };
}

/** ISO/IEC 13818-7, 6.2: the header of an ADTS frame. */
function adtsFrame(bytes: Buffer, offset: number): Frame | null {
  if (offset + headerBytes > bytes.length || bytes[offset] !== 0xff) {
    return null;
  }
  const [second, third] = [bytes.readUInt8(offset + 1), bytes.readUInt8(offset + 2)];
  const length =
    ((bytes.readUInt8(offset + 3) & 3) << 11) | (bytes.readUInt8(offset + 4) << 3) | (bytes.readUInt8(offset + 5) >> 5);
  return (second & 0xf6) === 0xf0 && ((third >> 2) & 15) < 13 && length > headerBytes
    ? { kind: ((second & 0xfe) << 8) | (third & 0xfc), bytes: length }
    : null;
}
