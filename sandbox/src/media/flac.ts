/**
 * FLAC without compression (https://www.rfc-editor.org/rfc/rfc9639): verbatim subframes only. It puts sound into an MP4
 * that browsers play, without an audio encoder; they refuse plain PCM there.
 */
export const samplesPerFlacFrame = 4096;

/** One frame of 16-bit mono samples at 16 kHz; `frameNumber` counts from 0. */
export function writeFlacFrame(samples: Int16Array, frameNumber: number): Buffer {
  const number = utf8Number(frameNumber);
  const header = Buffer.from([
    0xff,
    0xf8,
    0x75,
    0x08,
    ...number,
    (samples.length - 1) >> 8,
    (samples.length - 1) & 0xff,
  ]);
  const frame = Buffer.alloc(header.length + 1 + 1 + samples.length * 2 + 2);
  header.copy(frame);
  frame[header.length] = crc8(header);
  // Subframe header: verbatim, no wasted bits.
  frame[header.length + 1] = 0x02;
  for (let index = 0; index < samples.length; index += 1) {
    frame.writeInt16BE(samples[index]!, header.length + 2 + index * 2);
  }
  frame.writeUInt16BE(crc16(frame.subarray(0, -2)), frame.length - 2);
  return frame;
}

/** `fLaC` and the STREAMINFO block, which configure a decoder. */
export function flacDescription(sampleRate: number, sampleCount: number): Buffer {
  const block = Buffer.alloc(8 + 34);
  block.write("fLaC", 0, "latin1");
  block[4] = 0x80;
  block.writeUIntBE(34, 5, 3);
  block.writeUInt16BE(samplesPerFlacFrame, 8);
  block.writeUInt16BE(samplesPerFlacFrame, 10);
  // 20 bits of rate, 3 of channels - 1, 5 of bits per sample - 1, 36 of sample count.
  const packed = (BigInt(sampleRate) << 44n) | (15n << 36n) | BigInt(sampleCount);
  block.writeBigUInt64BE(packed, 18);
  return block;
}

function utf8Number(value: number): number[] {
  if (value < 0x80) return [value];
  if (value < 0x800) return [0xc0 | (value >> 6), 0x80 | (value & 0x3f)];
  return [0xe0 | (value >> 12), 0x80 | ((value >> 6) & 0x3f), 0x80 | (value & 0x3f)];
}

const crc8Table = Uint8Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x80 ? (crc << 1) ^ 0x07 : crc << 1;
  return crc & 0xff;
});

const crc16Table = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x8000 ? (crc << 1) ^ 0x8005 : crc << 1;
  return crc & 0xffff;
});

function crc8(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) crc = crc8Table[crc ^ byte]!;
  return crc;
}

function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) crc = ((crc << 8) & 0xffff) ^ crc16Table[(crc >> 8) ^ byte]!;
  return crc;
}
