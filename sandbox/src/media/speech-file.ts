import { sampleRate, writeWav } from "./wav.ts";

export type SpeechFormat = "wav" | "mp3" | "pcm";

export const speechContentTypes: Record<SpeechFormat, string> = {
  wav: "audio/wav",
  mp3: "audio/mpeg",
  pcm: "application/octet-stream",
};

const mp3BitsPerSecond = 48_000;
let encoderIsThere = false;

/** Hummed samples as a file of the requested format, at `rateHz` samples a second. */
export async function writeSpeechFile(samples: Int16Array, format: SpeechFormat, rateHz: number): Promise<Buffer> {
  const resampled = resample(samples, rateHz);
  if (format === "wav") return writeWav(resampled, rateHz);
  if (format === "pcm") return writeWav(resampled, rateHz).subarray(44);
  return writeMp3(resampled, rateHz);
}

/** The encoder is a separate WebAssembly program, loaded at the first MP3. */
async function writeMp3(samples: Int16Array, rateHz: number): Promise<Buffer> {
  if (!encoderIsThere) {
    const { registerMp3Encoder } = await import("@mediabunny/mp3-encoder");
    if (!encoderIsThere) registerMp3Encoder();
    encoderIsThere = true;
  }
  const { AudioSample, AudioSampleSource, BufferTarget, Mp3OutputFormat, Output } = await import("mediabunny");
  const target = new BufferTarget();
  const output = new Output({ format: new Mp3OutputFormat(), target });
  const source = new AudioSampleSource({ codec: "mp3", bitrate: mp3BitsPerSecond });
  output.addAudioTrack(source);
  await output.start();
  const data = Float32Array.from(samples, (sample) => sample / 32_768);
  const whole = new AudioSample({ data, format: "f32", numberOfChannels: 1, sampleRate: rateHz, timestamp: 0 });
  await source.add(whole);
  whole.close();
  await output.finalize();
  if (!target.buffer) throw new Error("the speech was not written");
  return Buffer.from(target.buffer);
}

/** Linear interpolation: good enough for a hum. */
function resample(samples: Int16Array, rateHz: number): Int16Array {
  if (rateHz === sampleRate) return samples;
  const step = sampleRate / rateHz;
  const result = new Int16Array(Math.floor(samples.length / step));
  for (let at = 0; at < result.length; at += 1) {
    const exact = at * step;
    const before = Math.floor(exact);
    const left = samples[before]!;
    const right = samples[before + 1] ?? left;
    result[at] = Math.round(left + (right - left) * (exact - before));
  }
  return result;
}
