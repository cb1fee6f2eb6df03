import { readFile } from "node:fs/promises";
import {
  ALL_FORMATS,
  BufferSource,
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  type Input,
  Mp4OutputFormat,
  Output,
} from "mediabunny";
import { flacDescription, samplesPerFlacFrame, writeFlacFrame } from "./flac.ts";
import { readInput } from "./read-input.ts";
import type { DrivingSound } from "./sound.ts";
import { sampleRate } from "./wav.ts";

interface Loop {
  packets: EncodedPacket[];
  durationSeconds: number;
  decoderConfig: VideoDecoderConfig;
}

let loaded: Promise<Loop> | undefined;

/**
 * An H.264 MP4 of `durationMs`: the shipped talking face, its samples repeated, with `sound` under it. Nothing is
 * encoded, so a five-minute video takes well under a second.
 */
export async function makeVideo(request: {
  durationMs: number;
  sound: DrivingSound | undefined;
  /** Goes into the file's metadata. */
  comment: string;
}): Promise<Buffer> {
  loaded ??= readLoop();
  const loop = await loaded;
  const durationSeconds = request.durationMs / 1000;
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: "in-memory" }), target });
  const video = new EncodedVideoPacketSource("avc");
  output.addVideoTrack(video);
  const sound = request.sound;
  const audioCodec = sound?.kind === "packets" ? sound.codec : "flac";
  const audio = sound && new EncodedAudioPacketSource(audioCodec);
  if (audio) output.addAudioTrack(audio);
  output.setMetadataTags({ title: "Toolcast sandbox", comment: request.comment });
  await output.start();
  await Promise.all([
    addFrames(video, loop, durationSeconds),
    audio && sound ? addSound(audio, sound, durationSeconds) : undefined,
  ]);
  await output.finalize();
  if (!target.buffer) throw new Error("the video was not written");
  return Buffer.from(target.buffer);
}

async function readLoop(): Promise<Loop> {
  const file = await readFile(new URL("../../assets/loop.mp4", import.meta.url));
  return readInput({ formats: ALL_FORMATS, source: new BufferSource(file) }, loopOf);
}

async function loopOf(input: Input): Promise<Loop> {
  const track = await input.getPrimaryVideoTrack();
  const decoderConfig = await track?.getDecoderConfig();
  if (!track || !decoderConfig) throw new Error("the shipped loop holds no video");
  const packets: EncodedPacket[] = [];
  for await (const packet of new EncodedPacketSink(track).packets()) packets.push(packet);
  const last = packets.at(-1)!;
  return { packets, durationSeconds: last.timestamp + last.duration, decoderConfig };
}

async function addFrames(source: EncodedVideoPacketSource, loop: Loop, durationSeconds: number): Promise<void> {
  for (let offset = 0; offset < durationSeconds - 1e-6; offset += loop.durationSeconds) {
    for (const packet of loop.packets) {
      const timestamp = offset + packet.timestamp;
      if (timestamp >= durationSeconds - 1e-6) break;
      const duration = Math.min(packet.duration, durationSeconds - timestamp);
      await source.add(packet.clone({ timestamp, duration }), { decoderConfig: loop.decoderConfig });
    }
  }
  source.close();
}

async function addSound(source: EncodedAudioPacketSource, sound: DrivingSound, durationSeconds: number): Promise<void> {
  if (sound.kind === "packets") {
    for (const packet of sound.packets) await source.add(packet, { decoderConfig: sound.decoderConfig });
    source.close();
    return;
  }
  const samples = sound.samples.subarray(0, Math.round(durationSeconds * sampleRate));
  const decoderConfig: AudioDecoderConfig = {
    codec: "flac",
    sampleRate,
    numberOfChannels: 1,
    description: flacDescription(sampleRate, samples.length),
  };
  for (let start = 0, frame = 0; start < samples.length; start += samplesPerFlacFrame, frame += 1) {
    const part = samples.subarray(start, start + samplesPerFlacFrame);
    const data = writeFlacFrame(part, frame);
    await source.add(new EncodedPacket(data, "key", start / sampleRate, part.length / sampleRate), { decoderConfig });
  }
  source.close();
}
