import { StorageError } from "../errors/storage-error.ts";
import { backoffMs } from "../ground/backoff.ts";
import { type Clock, sleep } from "../ground/clock.ts";
import type { Json } from "../ground/json.ts";
import type { Logger } from "../ground/logger.ts";
import type { Random } from "../ground/random.ts";
import type { Job, StepRecord } from "../job/job.ts";
import type { Asset } from "../media/media.ts";
import type { MediaStore } from "../media/store.ts";
import type { Output } from "../providers/operation.ts";

/** The largest result that is copied, in bytes. */
const maxResultBytes = 2 * 1024 ** 3;
/** How long until bytes for which there was no room are tried again. */
const noRoom = { firstMs: 1_000, longestMs: 30_000 };
const downloadTimeoutMs = 15 * 60_000;

/**
 * Copies what a vendor made into our store, each medium under the step that made it: doing so twice gives the same
 * assets, so that it may be repeated after a crash.
 */
export async function keepOutput(options: {
  job: Job;
  step: string;
  output: Output;
  media: MediaStore;
  signal: AbortSignal;
  clock: Clock;
  random: Random;
  logger: Logger;
}): Promise<Asset[]> {
  const { job, step, output, media, signal } = options;
  const told = toldBeside(output);
  const assets: Asset[] = [];
  for (const [index, medium] of output.media.entries()) {
    // Bytes in hand exist nowhere else: keeping them is never cut short.
    const about = {
      owner: job.caller.id,
      name: medium.name ?? [job.tool, step, ...(output.media.length > 1 ? [index + 1] : [])].join("-"),
      maxBytes: maxResultBytes,
      origin: { jobId: job.id, step, index, told },
    };
    assets.push(
      "bytes" in medium
        ? await withRoom(() => media.keep(medium.bytes, about), options)
        : await media.fetch(medium.url, { ...about, trust: "foreign", timeoutMs: downloadTimeoutMs, signal }),
    );
  }
  return assets;
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

/** What a step's record keeps of an output besides its media. */
type Told = Pick<StepRecord, "facts" | "text" | "missing" | "charge" | "requestId">;

function toldBeside({ facts, text, missing, charge, requestId }: Output): Json {
  // Through JSON, which leaves out what is undefined: as it will be read.
  return JSON.parse(JSON.stringify({ facts, text, missing, charge, requestId })) as Json;
}

/** What a vendor said beside what it made, where the media were kept and its words not recorded any more. */
export function toldWith(made: readonly Asset[]): Told {
  return (made.find(({ origin }) => origin?.told !== undefined)?.origin?.told ?? {}) as Told;
}
