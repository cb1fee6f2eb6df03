/** What the strictest vendor requires of a sample. */
const sampleRate = 24_000;
const seconds = 6;
const headerBytes = 44;

/** Six seconds of a tone as WAV, different for every number: a vendor's note about a sample then tells whose it was. */
export function recording(number: number): Uint8Array<ArrayBuffer> {
  const samples = sampleRate * seconds;
  const file = Buffer.alloc(headerBytes + samples * 2);
  file.write("RIFF", 0);
  file.writeUInt32LE(file.length - 8, 4);
  file.write("WAVEfmt ", 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(sampleRate, 24);
  file.writeUInt32LE(sampleRate * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write("data", 36);
  file.writeUInt32LE(samples * 2, 40);
  const hertz = 200 + (number % 400);
  for (let index = 0; index < samples; index += 1) {
    const value = Math.sin((2 * Math.PI * hertz * index) / sampleRate) * 8_000;
    file.writeInt16LE(Math.round(value), headerBytes + index * 2);
  }
  // The frequency alone would repeat; the first two samples make each recording unique.
  file.writeInt16LE(number & 0x3fff, headerBytes);
  file.writeInt16LE(number >> 14, headerBytes + 2);
  return new Uint8Array(file);
}
