import { type Failure, ToolcastError } from "../errors/errors.ts";
import { StorageError } from "../errors/storage-error.ts";
import { backoffMs } from "../ground/backoff.ts";
import { type Clock, sleep } from "../ground/clock.ts";
import type { Json } from "../ground/json.ts";
import type { Logger } from "../ground/logger.ts";
import type { Random } from "../ground/random.ts";
import { HttpError } from "../http/http.ts";
import type { Job, Produced, StepRecord } from "../job/job.ts";
import { exchangeReasons } from "../media/download-failure.ts";
import type { MediaKind } from "../media/formats.ts";
import type { Asset } from "../media/media.ts";
import type { MediaStore } from "../media/store.ts";
import { inEveryLanguage } from "../messages/sentence.ts";
import type { Output, ProducedMedia } from "../providers/operation.ts";

/** The largest result that is copied, in bytes: far above what any vendor makes of each kind. */
const maxBytesOf: Record<MediaKind, number> = { image: 128 * 1024 ** 2, audio: 1024 ** 3, video: 2 * 1024 ** 3 };
/** How long until bytes for which there was no room are tried again. */
const noRoom = { firstMs: 1_000, longestMs: 30_000 };
const downloadTimeoutMs = 15 * 60_000;

/** What is copied now of an output. */
export interface OutputToKeep extends Omit<Output, "media"> {
  /** Each with its place among all media of the output. */
  media: (ProducedMedia & { index: number })[];
  /** The media of it that are copied later. */
  toCopy?: Produced["media"];
}

/** What became of a vendor's output: each part by itself, so that one that is missing hides none of the others. */
export interface KeptOutput {
  assets: Asset[];
  /** What kept the others from being copied, as it was thrown, in their order. */
  troubles: unknown[];
}

/**
 * Copies what a vendor made into our store, each medium under the step that made it: doing so twice gives the same
 * assets, so that it may be repeated after a crash and for parts that could not be copied.
 */
export async function keepOutput(options: {
  job: Job;
  step: string;
  /** The name its media are kept under (`originOf`). */
  origin: string;
  output: OutputToKeep;
  /** What the step may make; anything when absent. */
  kinds?: readonly MediaKind[];
  media: MediaStore;
  signal: AbortSignal;
  clock: Clock;
  random: Random;
  logger: Logger;
}): Promise<KeptOutput> {
  const { job, step, origin, output, kinds, media, signal } = options;
  const told = outputFacts(output);
  const kept: KeptOutput = { assets: [], troubles: [] };
  for (const medium of output.media) {
    const { index } = medium;
    // Bytes in hand exist nowhere else: keeping them is never cut short.
    const about = {
      owner: job.caller.id,
      name: medium.name ?? [job.tool, step, ...(output.media.length > 1 || index > 0 ? [index + 1] : [])].join("-"),
      maxBytes: Math.max(...(kinds ?? ["video" as const]).map((kind) => maxBytesOf[kind])),
      origin: { jobId: job.id, step: origin, index, told },
      kinds,
    };
    try {
      kept.assets.push(
        "bytes" in medium
          ? await withRoom(() => media.keep(medium.bytes, about), options)
          : await media.fetch(medium.url, { ...about, trust: "foreign", timeoutMs: downloadTimeoutMs, signal }),
      );
    } catch (error) {
      if (signal.aborted) {
        throw error;
      }
      kept.troubles.push(copyTrouble(error));
    }
  }
  return kept;
}

/** What a copy met, as said of a vendor's result: what is written for a person's own file would blame them. */
function copyTrouble(error: unknown): unknown {
  if (error instanceof HttpError) {
    const values = { reason: exchangeReasons[error.reason] };
    const retry = error.reason === "too-large" || error.reason === "blocked" ? "never" : "later";
    return new ToolcastError(error.message, unfetched({ key: "media.result-unreachable", values }, retry), {
      cause: error,
    });
  }
  if (ToolcastError.isInstance(error) && error.failure.kind === "usage") {
    const values = { reason: inEveryLanguage(error.failure.sentence) };
    return new ToolcastError(error.message, unfetched({ key: "media.made-unusable", values }, "never"));
  }
  return error;
}

function unfetched(sentence: Failure["sentence"], retry: "never" | "later"): Failure {
  return { kind: "unreachable", sentence, charged: "unknown", retry: { kind: retry } };
}

/** The result is made and cannot be had in a way that asking for a while does not change: gone, cut or something else. */
export function isLostForGood({ kind, retry }: Failure): boolean {
  return kind === "unreachable" && retry.kind === "never";
}

/** Bytes in hand exist nowhere else: while the disk takes nothing they are kept in memory and tried again. */
async function withRoom(
  keep: () => Promise<Asset>,
  { job, clock, random, logger }: { job: Job; clock: Clock; random: Random; logger: Logger },
): Promise<Asset> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await keep();
    } catch (error) {
      if (!(error instanceof StorageError)) {
        throw error;
      }
      logger.error(
        { jobId: job.id, error: error.message },
        "a paid result is kept in memory until there is room for it",
      );
      await sleep(clock, backoffMs(noRoom, attempt, random));
    }
  }
}

/** What a step's record keeps of an output besides the media that are stored. */
type OutputFacts = Pick<StepRecord, "facts" | "text" | "missing" | "charge" | "requestId"> &
  Pick<OutputToKeep, "toCopy"> & {
    /** How many media were to be stored; absent in a record of an earlier version. */
    parts?: number;
  };

function outputFacts({ media, facts, text, missing, charge, requestId, toCopy }: OutputToKeep): Json {
  // Through JSON, which leaves out what is undefined: as it will be read.
  return JSON.parse(JSON.stringify({ parts: media.length, facts, text, missing, charge, requestId, toCopy })) as Json;
}

/**
 * What a vendor said beside what it made, where the media were kept and its words not recorded any more. Bytes that were
 * not stored when the process ended are gone: they are missing.
 */
export function outputFactsOf(made: readonly Asset[], provider: string): Omit<OutputFacts, "parts"> {
  const told = (made.find(({ origin }) => origin?.told !== undefined)?.origin?.told ?? {}) as OutputFacts;
  const { parts = made.length, ...rest } = told;
  const lost: Failure = {
    kind: "unreachable",
    sentence: { key: "job.part-cut-off" },
    charged: rest.charge === undefined ? "unknown" : "yes",
    retry: { kind: "never" },
    provider,
  };
  const missing = [...(rest.missing ?? []), ...Array.from({ length: Math.max(0, parts - made.length) }, () => lost)];
  return { ...rest, ...(missing.length === 0 ? {} : { missing }) };
}
