/** The type of a file by its bytes, as the server detects it: never by its name. */
export interface Probe {
  readonly mimeType: string;
  readonly width: number;
  readonly height: number;
}

const ascii = (bytes: Uint8Array, from: number, to: number) => Buffer.from(bytes.subarray(from, to)).toString("latin1");

function jpegSize(bytes: Uint8Array): { width: number; height: number } | null {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 2; at + 9 < view.byteLength && view[at] === 0xff; at += 2 + view.readUInt16BE(at + 2)) {
    const marker = view[at + 1]!;
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return { height: view.readUInt16BE(at + 5), width: view.readUInt16BE(at + 7) };
    }
  }
  return null;
}

function webpSize(bytes: Uint8Array): { width: number; height: number } | null {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (view.byteLength < 30 ? "" : ascii(bytes, 12, 16)) {
    case "VP8X":
      return { width: view.readUIntLE(24, 3) + 1, height: view.readUIntLE(27, 3) + 1 };
    case "VP8L": {
      const bits = view.readUInt32LE(21);
      return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
    }
    case "VP8 ":
      return { width: view.readUInt16LE(26) & 0x3fff, height: view.readUInt16LE(28) & 0x3fff };
    default:
      return null;
  }
}

export function probeMedia(bytes: Uint8Array): Probe {
  const head = ascii(bytes, 0, 16);
  const flat = (mimeType: string): Probe => ({ mimeType, width: 0, height: 0 });
  const sized = (mimeType: string, size: { width: number; height: number } | null): Probe => ({
    mimeType: size === null ? "application/octet-stream" : mimeType,
    width: size?.width ?? 0,
    height: size?.height ?? 0,
  });
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (head.startsWith("\x89PNG\r\n\x1a\n")) {
    const has = view.byteLength >= 24;
    return sized("image/png", has ? { width: view.readUInt32BE(16), height: view.readUInt32BE(20) } : null);
  }
  if (head.startsWith("\xff\xd8\xff")) {
    return sized("image/jpeg", jpegSize(bytes));
  }
  if (/^GIF8[79]a/.test(head)) {
    const has = view.byteLength >= 10;
    return sized("image/gif", has ? { width: view.readUInt16LE(6), height: view.readUInt16LE(8) } : null);
  }
  if (head.startsWith("RIFF") && head.slice(8, 12) === "WEBP") {
    return sized("image/webp", webpSize(bytes));
  }
  if (head.startsWith("RIFF") && head.slice(8, 12) === "WAVE") {
    return flat("audio/x-wav");
  }
  if (head.startsWith("OggS")) {
    return flat(ascii(bytes, 0, 128).includes("OpusHead") ? "audio/ogg" : "application/ogg");
  }
  if (head.startsWith("ID3") || (bytes[0] === 0xff && (bytes[1]! & 0xe6) === 0xe2)) {
    return flat("audio/mpeg");
  }
  if (head.slice(4, 8) === "ftyp") {
    return flat(/^M4[AB] /.test(head.slice(8, 12)) ? "audio/mp4" : "video/mp4");
  }
  if (head.startsWith("fLaC")) {
    return flat("audio/flac");
  }
  if (head.startsWith("%PDF")) {
    return flat("application/pdf");
  }
  return flat(head.startsWith("PK\x03\x04") ? "application/zip" : "application/octet-stream");
}

/** A voice note must be one of these; anything else becomes a file. */
export const voiceTypes = ["audio/ogg", "audio/mpeg", "audio/mp4"];
export const musicTypes = ["audio/mpeg", "audio/mp4"];
