import type { EncodedPacket, Input } from "mediabunny";
import { ALL_FORMATS, AudioSampleSink, EncodedPacketSink, FilePathSource } from "mediabunny";
import { readInput } from "./read-input.ts";
import { sampleRate } from "./wav.ts";

/** The sound of a driving file, in a form that fits into an MP4. */
export type DrivingSound =
  | { kind: "packets"; codec: "aac" | "mp3"; packets: EncodedPacket[]; decoderConfig: AudioDecoderConfig }
  | { kind: "samples"; samples: Int16Array };

/**
 * AAC and MP3 keep their own packets. WAV becomes 16 kHz mono samples. `undefined` when the file holds something else:
 * the video is silent then.
 */
export function readDrivingSound(path: string, longestMs: number): Promise<DrivingSound | undefined> {
  return readInput({ formats: ALL_FORMATS, source: new FilePathSource(path) }, (input) => soundOf(input, longestMs));
}

async function soundOf(input: Input, longestMs: number): Promise<DrivingSound | undefined> {
  const track = await input.getPrimaryAudioTrack();
  if (!track) return undefined;
  const codec = await track.getCodec();
  const decoderConfig = await track.getDecoderConfig();
  if (!codec || !decoderConfig) return undefined;
  if (codec === "aac" || codec === "mp3") {
    const packets: EncodedPacket[] = [];
    for await (const packet of new EncodedPacketSink(track).packets()) {
      if (packet.timestamp * 1000 >= longestMs) break;
      packets.push(packet);
    }
    return { kind: "packets", codec, packets, decoderConfig };
  }
  if (!codec.startsWith("pcm-") && codec !== "ulaw" && codec !== "alaw") return undefined;
  const samples = new Int16Array(Math.round((longestMs / 1000) * sampleRate));
  for await (const sample of new AudioSampleSink(track).samples()) {
    copyResampled(sample, samples);
    sample.close();
  }
  return { kind: "samples", samples };
}

/** Nearest-sample resampling of the first channel: good enough for a stand-in video. */
function copyResampled(
  sample: {
    sampleRate: number;
    numberOfFrames: number;
    timestamp: number;
    copyTo(target: Float32Array, options: { planeIndex: number; format: "f32-planar" }): void;
  },
  target: Int16Array,
): void {
  const source = new Float32Array(sample.numberOfFrames);
  sample.copyTo(source, { planeIndex: 0, format: "f32-planar" });
  const first = Math.ceil(sample.timestamp * sampleRate - 1e-6);
  const step = sample.sampleRate / sampleRate;
  for (let at = first; at < target.length; at += 1) {
    const from = Math.floor((at / sampleRate - sample.timestamp) * sampleRate * step + 1e-6);
    if (from >= source.length) return;
    target[at] = Math.round(Math.max(-1, Math.min(1, source[Math.max(0, from)]!)) * 32_767);
  }
}
