import { FilePathSource, Input, MP3, MP4, QTFF, WAVE } from "mediabunny";

export interface AudioFacts {
  kind: "audio";
  /** Milliseconds. */
  durationMs: number;
}

export interface VideoFacts {
  kind: "video";
  durationMs: number;
  /** Codec of the picture: `avc` is H.264; `null` when unknown. */
  codec: string | null;
  /** Pixels as shown, after rotation. */
  width: number;
  height: number;
}

/** What kind of file lies at `path`; `undefined` when it is none of mp3, m4a, wav, mp4 and mov, or broken. */
export async function probe(path: string): Promise<AudioFacts | VideoFacts | undefined> {
  using input = new Input({ formats: [MP3, MP4, QTFF, WAVE], source: new FilePathSource(path) });
  try {
    const video = await input.getPrimaryVideoTrack();
    if (video) {
      return {
        kind: "video",
        durationMs: Math.round((await video.computeDuration()) * 1000),
        codec: await video.getCodec(),
        width: await video.getDisplayWidth(),
        height: await video.getDisplayHeight(),
      };
    }
    const audio = await input.getPrimaryAudioTrack();
    return audio ? { kind: "audio", durationMs: Math.round((await audio.computeDuration()) * 1000) } : undefined;
  } catch {
    // A file that lies about itself is one more file the vendor cannot use.
    return undefined;
  }
}
