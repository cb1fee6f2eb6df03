import { ADTS, FilePathSource, type Input, type InputFormat, MP3, MP4, QTFF, WAVE } from "mediabunny";
import { readInput } from "./read-input.ts";

export interface AudioFacts {
  kind: "audio";
  format: "mp3" | "m4a" | "wav" | "aac";
  /** Milliseconds. */
  durationMs: number;
  sampleRateHz: number;
}

export interface VideoFacts {
  kind: "video";
  format: "mp4" | "mov" | "avi";
  durationMs: number;
  /** Codec of the video: `avc` is H.264; `null` when unknown. */
  codec: string | null;
  /** Pixels as shown, after rotation. */
  width: number;
  height: number;
  framesPerSecond: number;
}

const formatNames = new Map<InputFormat, { audio: AudioFacts["format"]; video: "mp4" | "mov" }>([
  [MP3, { audio: "mp3", video: "mp4" }],
  [MP4, { audio: "m4a", video: "mp4" }],
  [QTFF, { audio: "m4a", video: "mov" }],
  [WAVE, { audio: "wav", video: "mp4" }],
  [ADTS, { audio: "aac", video: "mp4" }],
]);

const packetsLookedAt = 120;

/** The kind of file at `path`; `undefined` when it is none of mp3, m4a, wav, aac, mp4 and mov, or broken. */
export function probe(path: string): Promise<AudioFacts | VideoFacts | undefined> {
  return readInput({ formats: [...formatNames.keys()], source: new FilePathSource(path) }, factsOf);
}

async function factsOf(input: Input): Promise<AudioFacts | VideoFacts | undefined> {
  try {
    const names = formatNames.get(await input.getFormat());
    if (names === undefined) return undefined;
    const video = await input.getPrimaryVideoTrack();
    if (video) {
      return {
        kind: "video",
        format: names.video,
        durationMs: Math.round((await video.computeDuration()) * 1000),
        codec: await video.getCodec(),
        width: await video.getDisplayWidth(),
        height: await video.getDisplayHeight(),
        framesPerSecond: (await video.computePacketStats(packetsLookedAt)).averagePacketRate,
      };
    }
    const audio = await input.getPrimaryAudioTrack();
    if (!audio) return undefined;
    return {
      kind: "audio",
      format: names.audio,
      durationMs: Math.round((await audio.computeDuration()) * 1000),
      sampleRateHz: await audio.getSampleRate(),
    };
  } catch {
    // A file with wrong metadata is also one that the vendor cannot use.
    return undefined;
  }
}
