/** A hum as a WAV file with 16 bits per sample. */
export function waveFile({
  seconds,
  sampleRateHz,
  channels = 1,
}: {
  seconds: number;
  sampleRateHz: number;
  channels?: number;
}): Uint8Array {
  const samples = Math.round(seconds * sampleRateHz) * channels;
  const file = Buffer.alloc(44 + samples * 2);
  file.write("RIFF", 0);
  file.writeUInt32LE(36 + samples * 2, 4);
  file.write("WAVEfmt ", 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(channels, 22);
  file.writeUInt32LE(sampleRateHz, 24);
  file.writeUInt32LE(sampleRateHz * channels * 2, 28);
  file.writeUInt16LE(channels * 2, 32);
  file.writeUInt16LE(16, 34);
  file.write("data", 36);
  file.writeUInt32LE(samples * 2, 40);
  for (let sample = 0; sample < samples; sample += 1) {
    file.writeInt16LE(Math.round(9_000 * Math.sin(sample / 20)), 44 + sample * 2);
  }
  return new Uint8Array(file);
}
