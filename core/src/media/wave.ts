import { type FileHandle, open } from "node:fs/promises";
import { UsageError } from "../errors/errors.ts";
import type { MediaFacts } from "./media.ts";

/** Names of the usual codings by format tag (RFC 2361); we read the first five. */
const codings: Readonly<Record<number, string>> = {
  2: "Microsoft ADPCM",
  17: "IMA ADPCM",
  32: "Yamaha ADPCM",
  34: "TrueSpeech",
  49: "GSM 6.10",
  64: "G.721 ADPCM",
  69: "G.726 ADPCM",
  80: "MPEG audio",
  85: "MP3",
  100: "G.726 ADPCM",
  101: "G.722 ADPCM",
  131: "G.729",
  255: "AAC",
  352: "Windows Media Audio",
  353: "Windows Media Audio",
  354: "Windows Media Audio",
  5632: "AAC",
  5648: "AAC",
  8192: "AC-3",
  8193: "DTS",
  26447: "Vorbis",
  28781: "AAC",
  61868: "FLAC",
};

const pcm = 1;
const float = 3;
const aLaw = 6;
const muLaw = 7;
const extensible = 0xfffe;

/** Real files have a few; a forged one could have millions. */
const maxChunks = 1000;
/** Written by programs that do not know the length yet; in RF64 they mean that `ds64` has it. */
const unknownSizes = [0, 0xffff_ffff];

interface Format {
  tag: number;
  sampleRateHz: number;
  blockBytes: number;
  bits: number;
}

/** The chunks of a file that matter. */
interface Chunks {
  format: Format | null;
  dataBytes: number | null;
}

/** Whether a file starts like WAV, or like its variants for more than 4 GB (RF64 and BW64). */
export function isWave(head: Buffer): boolean {
  return /^(RIFF|RF64|BW64)....WAVE/s.test(head.toString("latin1", 0, 12));
}

/**
 * Reads the headers of a WAV file. A recording that was written to a stream has no sizes: it lasts to the end of the
 * file. Null if it is damaged; throws a `UsageError` that names a coding we do not accept.
 */
export async function readWave(filePath: string): Promise<Omit<MediaFacts, "bytes"> | null> {
  const file = await open(filePath, "r");
  try {
    const { format, dataBytes } = await readChunks(file);
    if (format === null) {
      return null;
    }
    const codec = codecOf(format);
    if (codec === null) {
      throw new UsageError({ key: "media.coding", values: { format: "wav", actual: codingOf(format) } });
    }
    if (dataBytes === null || format.blockBytes === 0 || format.sampleRateHz === 0) {
      return null;
    }
    const frames = Math.floor(dataBytes / format.blockBytes);
    return {
      kind: "audio",
      type: "audio/wav",
      extension: "wav",
      ...(frames > 0 ? { durationMs: Math.round((frames / format.sampleRateHz) * 1000) } : {}),
      sampleRateHz: format.sampleRateHz,
      codec,
    };
  } finally {
    await file.close();
  }
}

async function readChunks(file: FileHandle): Promise<Chunks> {
  const { size: fileBytes } = await file.stat();
  const chunks: Chunks = { format: null, dataBytes: null };
  let longDataBytes = 0;
  for (let position = 12, count = 0; count < maxChunks && position + 8 <= fileBytes; count += 1) {
    const header = await bytesAt(file, position, 8);
    const name = header.toString("latin1", 0, 4);
    const said = header.readUInt32LE(4);
    const start = position + 8;
    const left = fileBytes - start;
    let bytes = Math.min(said, left);
    if (name === "ds64" && bytes >= 16) {
      longDataBytes = Number((await bytesAt(file, start, 16)).readBigUInt64LE(8));
    } else if (name === "fmt ") {
      chunks.format = formatIn(await bytesAt(file, start, Math.min(bytes, 40)));
    } else if (name === "data") {
      if (unknownSizes.includes(said)) {
        bytes = longDataBytes > 0 ? Math.min(longDataBytes, left) : (await isChunk(file, start, left)) ? 0 : left;
      }
      chunks.dataBytes ??= bytes;
    }
    if (chunks.format !== null && chunks.dataBytes !== null) {
      break;
    }
    position = start + bytes + (bytes % 2 === 1 && !(await isNameAt(file, start + bytes)) ? 1 : 0);
  }
  return chunks;
}

/** Whether a chunk's name is there: some programs leave out the byte that makes lengths even. */
async function isNameAt(file: FileHandle, position: number): Promise<boolean> {
  return /^[a-z]{3}[a-z ]$/i.test((await bytesAt(file, position, 4)).toString("latin1"));
}

/** Whether a complete chunk starts there: then data of length 0 before it are really empty. */
async function isChunk(file: FileHandle, position: number, left: number): Promise<boolean> {
  const header = await bytesAt(file, position, 8);
  return header.length === 8 && /^[ -~]{4}/.test(header.toString("latin1")) && header.readUInt32LE(4) <= left - 8;
}

async function bytesAt(file: FileHandle, position: number, count: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(count), 0, count, position);
  return buffer.subarray(0, bytesRead);
}

function formatIn(chunk: Buffer): Format | null {
  if (chunk.length < 14) {
    return null;
  }
  const tag = chunk.readUInt16LE(0);
  return {
    // The extensible format has the tag at the start of a GUID.
    tag: tag === extensible && chunk.length >= 26 ? chunk.readUInt16LE(24) : tag,
    sampleRateHz: chunk.readUInt32LE(4),
    blockBytes: chunk.readUInt16LE(12),
    bits: chunk.length >= 16 ? chunk.readUInt16LE(14) : 8,
  };
}

/** The common name, with the size of a sample; null for a coding that we do not read. */
function codecOf({ tag, bits }: Format): string | null {
  switch (tag) {
    case pcm:
      return bits === 8 ? "pcm-u8" : [16, 24, 32].includes(bits) ? `pcm-s${bits}` : null;
    case float:
      return [32, 64].includes(bits) ? `pcm-f${bits}` : null;
    case aLaw:
      return "alaw";
    case muLaw:
      return "ulaw";
    default:
      return null;
  }
}

function codingOf({ tag, bits }: Format): string {
  if (tag === pcm || tag === float) {
    return `PCM (${bits} bit)`;
  }
  return codings[tag] ?? `0x${tag.toString(16).padStart(4, "0")}`;
}
