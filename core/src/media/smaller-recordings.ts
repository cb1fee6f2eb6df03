import { Worker } from "node:worker_threads";
import { causeOf, type Logger } from "../ground/logger.ts";
import type { EncodeOrder } from "./encode-recording.ts";
import type { Asset } from "./media.ts";
import type { MediaStore } from "./store.ts";

type Encoding = Omit<EncodeOrder, "from">;

/** Best first; speech is still intelligible with the last. */
const encodings: readonly Encoding[] = [
  { bitsPerSecond: 128_000 },
  { bitsPerSecond: 96_000 },
  { bitsPerSecond: 64_000, channels: 1 },
  { bitsPerSecond: 48_000, channels: 1 },
  { bitsPerSecond: 32_000, channels: 1, sampleRateHz: 24_000 },
  { bitsPerSecond: 24_000, channels: 1, sampleRateHz: 16_000 },
  { bitsPerSecond: 16_000, channels: 1, sampleRateHz: 16_000 },
];
/** The header, and the last incomplete frame. */
const framingBytes = 8_192;
/** Frames are rounded up to whole bytes, which adds a little to the rate. */
const roundingFactor = 1.02;

/** The size in bytes of the smallest encode of a recording that lasts `durationMs`. */
export function smallestEncodeBytes(durationMs: number): number {
  return encodedBytes(Math.min(...encodings.map(({ bitsPerSecond }) => bitsPerSecond)), durationMs);
}

function encodedBytes(bitsPerSecond: number, durationMs: number): number {
  return Math.ceil((bitsPerSecond / 8) * (durationMs / 1_000) * roundingFactor) + framingBytes;
}

/** Smaller encodes of generated recordings: each is made once and kept as long as its original. */
export class SmallerRecordings {
  readonly #media: Pick<MediaStore, "keep" | "localPath">;
  readonly #logger: Logger;
  readonly #underWay = new Map<string, Promise<Asset | null>>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(media: Pick<MediaStore, "keep" | "localPath">, logger: Logger) {
    this.#media = media;
    this.#logger = logger;
  }

  /**
   * The best MP3 of at most `maxBytes`; null if the asset cannot be encoded here (only WAV can) or not made that small.
   */
  async of(asset: Asset, maxBytes: number): Promise<Asset | null> {
    const { extension, durationMs, origin } = asset;
    const encoding = encodings.find(({ bitsPerSecond }) => encodedBytes(bitsPerSecond, durationMs ?? 0) <= maxBytes);
    if (extension !== "wav" || durationMs === undefined || origin === undefined || encoding === undefined) {
      return null;
    }
    const key = `${asset.id} ${encoding.bitsPerSecond}`;
    const making = this.#underWay.get(key) ?? this.#inTurn(() => this.#make(asset, origin.jobId, encoding, maxBytes));
    this.#underWay.set(key, making);
    return making.finally(() => this.#underWay.delete(key));
  }

  /** One at a time: a processor must be left for everything else. */
  #inTurn(work: () => Promise<Asset | null>): Promise<Asset | null> {
    const made = this.#last.then(work);
    this.#last = made;
    return made;
  }

  async #make(asset: Asset, jobId: string, encoding: Encoding, maxBytes: number): Promise<Asset | null> {
    const { id, owner, name } = asset;
    const index = encoding.bitsPerSecond;
    try {
      const from = await this.#media.localPath(asset);
      // If the encode is stored already, it is returned and nothing is encoded.
      return await this.#media.keep(encode({ ...withoutUpsampling(encoding, asset), from }), {
        ...{ owner, name: name.replace(/\.[^.]*$/, ""), maxBytes, kinds: ["audio"] },
        ...{ origin: { jobId, step: `encode:${id}`, index }, encodeOf: id },
      });
    } catch (error) {
      // The original remains usable.
      this.#logger.warn({ assetId: id, error: causeOf(error) }, "a recording could not be encoded smaller");
      return null;
    }
  }
}

function withoutUpsampling({ sampleRateHz, ...encoding }: Encoding, { sampleRateHz: own = 0 }: Asset): Encoding {
  return sampleRateHz === undefined || sampleRateHz >= own ? encoding : { ...encoding, sampleRateHz };
}

/** The thread's file, both in the source and in the build. */
const threadFile = new URL(
  import.meta.url.endsWith(".ts") ? "./encode-recording.ts" : "./encode-recording.js",
  import.meta.url,
);

async function* encode(order: EncodeOrder): AsyncGenerator<Uint8Array> {
  const thread = new Worker(threadFile, { workerData: order });
  const { promise, resolve, reject } = Promise.withResolvers<ArrayBuffer>();
  thread.once("message", resolve);
  thread.once("error", reject);
  thread.once("exit", (code) => reject(new Error(`the encoder ended without a result (${code})`)));
  try {
    yield new Uint8Array(await promise);
  } finally {
    await thread.terminate();
  }
}
