import { UsageError } from "../errors/errors.ts";
import { listed } from "../messages/listed.ts";
import { mediaMessages } from "../messages/media.ts";
import type { Sentence } from "../messages/sentence.ts";
import type { MediaKind, MediaLimits } from "./formats.ts";
import type { MediaFacts } from "./media.ts";

/**
 * Refuses a medium outside a tool's or a vendor's limits, naming the input and the first limit it exceeds. A limit that
 * cannot be checked because the fact is missing counts as exceeded: the vendor would refuse later, and might charge.
 */
export function checkMedia(asset: MediaFacts, limits: MediaLimits, field: string): void {
  const sentence = firstBroken(asset, limits);
  if (sentence !== null) {
    throw new UsageError(sentence, field);
  }
}

/** Whether a medium keeps every limit. */
export function fits(asset: MediaFacts, limits: MediaLimits): boolean {
  return firstBroken(asset, limits) === null;
}

/** The sentence that a medium is not of the kind that belongs there. */
export function kindSentence(expected: MediaKind, actual: MediaKind): Sentence {
  return {
    key: "media.kind",
    values: { expected: mediaMessages[`media.kind.${expected}`], actual: mediaMessages[`media.kind.${actual}`] },
  };
}

function firstBroken(asset: MediaFacts, limits: MediaLimits): Sentence | null {
  const { formats, codecs, maxBytes } = limits;
  if (asset.kind !== limits.kind) {
    return kindSentence(limits.kind, asset.kind);
  }
  if (formats !== undefined && !formats.includes(asset.extension)) {
    return { key: "media.format", values: { formats: listed(formats), actual: asset.extension } };
  }
  if (codecs !== undefined && !codecs.includes(asset.codec ?? "")) {
    return { key: "media.codec", values: { codecs: listed(codecs), actual: asset.codec ?? "?" } };
  }
  if (maxBytes !== undefined && asset.bytes > maxBytes) {
    return { key: "media.too-large", values: { limit: { bytes: maxBytes }, actual: { bytes: asset.bytes } } };
  }
  return brokenDuration(asset, limits) ?? brokenSide(asset, limits) ?? brokenRate(asset, limits);
}

function brokenDuration({ durationMs }: MediaFacts, limits: MediaLimits): Sentence | null {
  if (limits.durationMs === undefined) {
    return null;
  }
  if (durationMs === undefined) {
    return { key: "media.unknown-duration" };
  }
  const { min, max } = limits.durationMs;
  const limited = (limitMs: number) => ({ limit: { durationMs: limitMs }, actual: { durationMs } });
  if (durationMs < min) {
    return { key: "media.too-short", values: limited(min) };
  }
  return durationMs > max ? { key: "media.too-long", values: limited(max) } : null;
}

function brokenSide({ width, height }: MediaFacts, limits: MediaLimits): Sentence | null {
  const { shortSidePixels, longSidePixels } = limits;
  if (shortSidePixels === undefined && longSidePixels === undefined) {
    return null;
  }
  if (width === undefined || height === undefined) {
    return { key: "media.unknown-size" };
  }
  const short = Math.min(width, height);
  if (shortSidePixels !== undefined && isOutside(short, shortSidePixels)) {
    return { key: "media.short-side", values: { ...shortSidePixels, actual: short } };
  }
  const long = Math.max(width, height);
  if (longSidePixels !== undefined && isOutside(long, longSidePixels)) {
    return { key: "media.long-side", values: { ...longSidePixels, actual: long } };
  }
  return null;
}

function brokenRate(asset: MediaFacts, { framesPerSecond: frames, minSampleRateHz }: MediaLimits): Sentence | null {
  if (frames !== undefined) {
    if (asset.framesPerSecond === undefined) {
      return { key: "media.unknown-frame-rate" };
    }
    // Cameras that claim 60 write 59.94 or 60.03.
    if (isOutside(Math.round(asset.framesPerSecond), frames)) {
      return { key: "media.frame-rate", values: { ...frames, actual: asset.framesPerSecond } };
    }
  }
  if (minSampleRateHz !== undefined) {
    if (asset.sampleRateHz === undefined) {
      return { key: "media.unknown-sample-rate" };
    }
    if (asset.sampleRateHz < minSampleRateHz) {
      return { key: "media.sample-rate", values: { min: minSampleRateHz, actual: asset.sampleRateHz } };
    }
  }
  return null;
}

function isOutside(value: number, { min, max }: { min: number; max: number }): boolean {
  return value < min || value > max;
}
