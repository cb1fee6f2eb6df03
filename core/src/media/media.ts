import type { Json } from "../ground/json.ts";
import type { MediaKind } from "./formats.ts";

/** What a probe found out about stored bytes; absent fields could not be read. */
export interface MediaFacts {
  kind: MediaKind;
  /** MIME type by content, e.g. `video/mp4`. */
  type: string;
  /** File extension that fits the content, without a dot, e.g. `mp4`. */
  extension: string;
  bytes: number;
  durationMs?: number;
  /** Pixels, as displayed. */
  width?: number;
  height?: number;
  /** Frames per second of a video, on average, to two decimals. */
  framesPerSecond?: number;
  /** Only of audio files. */
  sampleRateHz?: number;
  /** Video codec as `avc` (H.264), `hevc`, `vp9`, `av1`, ...; audio codec for audio. */
  codec?: string;
}

/** A stored medium. The id is unguessable and owned; the hash names the bytes. */
export interface Asset extends MediaFacts {
  /** `asset_` and 128 random bits. */
  id: string;
  /** SHA-256 of the bytes, hex. */
  hash: string;
  /** The caller id it belongs to. */
  owner: string;
  /** A file name to offer, with extension. */
  name: string;
  /** Epoch milliseconds. */
  createdAt: number;
  /** If this is a smaller encode, the id of its original. */
  encodeOf?: string;
  /** The job step that made it; absent for uploads. */
  origin?: {
    jobId: string;
    step: string;
    index: number;
    /** What the vendor said beside the bytes, kept here until the step's record contains it. */
    told?: Json;
  };
}
