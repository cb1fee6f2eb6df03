/** Rate at which the sandbox hums, in samples per second. */
export const sampleRate = 16_000;

/** A 16-bit mono WAV file of `samples`, which are `rate` a second. */
export function writeWav(samples: Int16Array, rate: number = sampleRate): Buffer {
  const dataBytes = samples.length * 2;
  const file = Buffer.alloc(44 + dataBytes);
  file.write("RIFF", 0, "latin1");
  file.writeUInt32LE(36 + dataBytes, 4);
  file.write("WAVEfmt ", 8, "latin1");
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(rate * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write("data", 36, "latin1");
  file.writeUInt32LE(dataBytes, 40);
  for (let index = 0; index < samples.length; index += 1) file.writeInt16LE(samples[index]!, 44 + index * 2);
  return file;
}
