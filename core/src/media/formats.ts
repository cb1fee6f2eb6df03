export type MediaKind = "image" | "audio" | "video";

/** The limits a tool or a vendor sets for a medium. Absent limits are not checked. */
export interface MediaLimits {
  /** What it must be. */
  kind: MediaKind;
  /** Accepted extensions by content, e.g. `["mp4", "mov"]`. Default: any that can be read. */
  formats?: readonly string[];
  /** Accepted video codecs, e.g. `["avc"]`. Default: any. */
  codecs?: readonly string[];
  /** The largest size in bytes. Default: any. */
  maxBytes?: number;
  /** The accepted length in milliseconds, both ends included. Default: any. */
  durationMs?: { min: number; max: number };
  /** The accepted length of the shorter side in pixels, both ends included. Default: any. */
  shortSidePixels?: { min: number; max: number };
  /** The accepted length of the longer side in pixels, both ends included. Default: any. */
  longSidePixels?: { min: number; max: number };
  /**
   * The accepted frames per second of a video, both ends included; the measured rate is rounded to a whole number
   * first. Default: any.
   */
  framesPerSecond?: { min: number; max: number };
  /** The lowest accepted sample rate of an audio file, in hertz. Default: any. */
  minSampleRateHz?: number;
}
