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

/** The largest result that is copied, in bytes: by kind; far above what any vendor makes. */
const maxBytesOf: Record<MediaKind, number> = { image: 128 * 1024 ** 2, audio: 1024 ** 3, video: 2 * 1024 ** 3 };
/** How long until we try again to store bytes for which there was no room. */
const noRoom = { firstMs: 1_000, longestMs: 30_000 };
const downloadTimeoutMs = 15 * 60_000;

/** The part of an output that is copied now. */
export interface OutputToKeep extends Omit<Output, "media"> {
  /** Each with its position among all media of the output. */
  media: (ProducedMedia & { index: number })[];
  /** The media of it that are copied later. */
  toCopy?: Produced["media"];
}

/** What could be kept of a vendor's output. Each part is kept separately: a missing one does not cost the others. */
export interface KeptOutput {
  assets: Asset[];
  /** The errors that kept the other parts from being copied, in their order. */
  troubles: unknown[];
}

/**
 * Copies what a vendor made into our store, each medium under the step that made it. Repeating it gives the same
 * assets, so it may be repeated after a crash and for parts that could not be copied.
 */
export async function keepOutput(options: {
  job: Job;
  step: string;
  /** The name its media are kept under (`originOf`). */
  origin: string;
  output: OutputToKeep;
  /** What the step may make; absent for anything. */
  kinds?: readonly MediaKind[];
  media: MediaStore;
  signal: AbortSignal;
  clock: Clock;
  random: Random;
  logger: Logger;
}): Promise<KeptOutput> {
  const { job, step, origin, output, kinds, media, signal } = options;
  const facts = outputFacts(output);
  const kept: KeptOutput = { assets: [], troubles: [] };
  for (const medium of output.media) {
    const { index } = medium;
    // These bytes exist nowhere else, so storing them is never aborted.
    const about = {
      owner: job.caller.id,
      name: medium.name ?? [job.tool, step, ...(output.media.length > 1 || index > 0 ? [index + 1] : [])].join("-"),
      maxBytes: Math.max(...(kinds ?? ["video" as const]).map((kind) => maxBytesOf[kind])),
      origin: { jobId: job.id, step: origin, index, told: facts },
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

/**
 * The error of a copy, worded for a vendor's result: the original sentence was written for a file of the person and
 * would blame them.
 */
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

/**
 * Whether the result cannot be fetched for a reason that waiting does not change: it is gone, truncated or of the wrong
 * kind.
 */
export function isLostForGood({ kind, retry }: Failure): boolean {
  return kind === "unreachable" && retry.kind === "never";
}

/** Retries until the bytes are stored: they exist nowhere else, and stay in memory while the disk is full. */
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

/** What a step's record keeps of an output in addition to the stored media. */
type OutputFacts = Pick<StepRecord, "facts" | "text" | "missing" | "charge" | "requestId"> &
  Pick<OutputToKeep, "toCopy"> & {
    /** How many media were to be stored; absent in records of an earlier version. */
    parts?: number;
  };

function outputFacts({ media, facts, text, missing, charge, requestId, toCopy }: OutputToKeep): Json {
  // Through JSON, which drops undefined values: the same as when it is read.
  return JSON.parse(JSON.stringify({ parts: media.length, facts, text, missing, charge, requestId, toCopy })) as Json;
}

/**
 * What a vendor said beside the media, for an output whose media were stored but whose end was not recorded. Media that
 * were not stored when the process ended are lost and count as missing.
 */
export function outputFactsOf(made: readonly Asset[], provider: string): Omit<OutputFacts, "parts"> {
  const facts = (made.find(({ origin }) => origin?.told !== undefined)?.origin?.told ?? {}) as OutputFacts;
  const { parts = made.length, ...rest } = facts;
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
