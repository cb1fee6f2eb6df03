import type { Hold, Job } from "../job/job.ts";
import type { MediaKind } from "../media/formats.ts";
import { smallestEncodeBytes } from "../media/smaller-recordings.ts";
import type { MediaStore } from "../media/store.ts";
import type { Place } from "../people/caller.ts";
import type { Capabilities } from "../providers/operation.ts";
import type { SurfaceLimits } from "../surface/surface.ts";
import type { VoiceBook } from "../voices/voice-book.ts";
import type { PlannedJob } from "./planned-job.ts";
import { stepContext } from "./steps.ts";

/** How fast voices usually speak, in characters per second: Chinese, and languages written in letters. */
const charactersPerSecond = { ideographs: 4.2, letters: 15 };
/** The lowest rate of vendors' videos, which we cannot encode smaller. */
const videoBytesPerSecond = 100_000;

/** What a step will make, as far as its request shows. */
interface Expected {
  kind: Extract<MediaKind, "audio" | "video">;
  durationMs: number;
}

interface SizeWarningOptions {
  media: MediaStore;
  voices: VoiceBook;
  /** The limits of the place; null if nothing is sent to it. */
  limitsOf(place: Place): SurfaceLimits | null;
  /** Whether people get a link instead of a file that their place does not take. */
  hasLinks(): boolean;
}

/** Asks before anything is spent on a file that its place will probably not take, even if encoded smaller. */
export class SizeWarning {
  readonly #options: SizeWarningOptions;

  constructor(options: SizeWarningOptions) {
    this.#options = options;
  }

  /** The question; null if there is nothing to ask, or the asker has already agreed to spend. */
  async holdFor(
    job: Pick<Job, "input" | "steps" | "caller" | "confirmations">,
    { tool, steps }: PlannedJob,
  ): Promise<Hold | null> {
    const { media, voices, limitsOf, hasLinks } = this.#options;
    const limits = limitsOf(job.caller.place);
    if (limits === null || hasLinks() || job.confirmations.some(({ reason }) => reason === "price")) {
      return null;
    }
    const context = await stepContext(tool, job, media, voices);
    for (const { step } of steps) {
      const expected = expectations[step.capability]?.(step.request(context) as never) ?? null;
      if (expected === null) {
        continue;
      }
      const { mediaBytes, mediaBytesByKind, certainMediaBytes = Number.POSITIVE_INFINITY } = limits;
      const limit = Math.min(mediaBytesByKind?.[expected.kind] ?? mediaBytes, certainMediaBytes);
      if (leastBytes(expected) > limit) {
        const values = { length: { durationMs: expected.durationMs }, limit: { bytes: limit } };
        return { reason: "price", sentence: { key: `job.hold.too-large-${expected.kind}`, values } };
      }
    }
    return null;
  }
}

function leastBytes({ kind, durationMs }: Expected): number {
  return kind === "audio" ? smallestEncodeBytes(durationMs) : (durationMs / 1_000) * videoBytesPerSecond;
}

/** By capability; the requests of others do not show the length of the result. */
const expectations: Readonly<{ [C in string]?: (request: never) => Expected | null }> = {
  speech: ({ text, speed = 1 }: Capabilities["speech"]) => ({ kind: "audio", durationMs: spokenMs(text) / speed }),
  avatarVideo: ({ video, audio, text }: Capabilities["avatarVideo"]) =>
    lasting(
      video === undefined ? "audio" : "video",
      audio?.durationMs ?? (text === undefined ? undefined : spokenMs(text)),
    ),
  video: ({ durationSeconds }: Capabilities["video"]) =>
    lasting("video", durationSeconds === undefined ? undefined : durationSeconds * 1_000),
  portraitVideo: ({ audio }: Capabilities["portraitVideo"]) => lasting("video", audio?.durationMs),
};

function lasting(kind: Expected["kind"], durationMs: number | undefined): Expected | null {
  return durationMs === undefined ? null : { kind, durationMs };
}

function spokenMs(text: string): number {
  const ideographs =
    text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu)?.length ?? 0;
  const letters = [...text].length - ideographs;
  return (ideographs / charactersPerSecond.ideographs + letters / charactersPerSecond.letters) * 1_000;
}
