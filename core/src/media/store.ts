import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { Readable } from "node:stream";
import type { Keyv } from "keyv";
import { UsageError } from "../errors/errors.ts";
import { asStorageError, StorageError } from "../errors/storage-error.ts";
import { asUnusablePath } from "../errors/unusable-path.ts";
import type { Clock } from "../ground/clock.ts";
import { type Random, randomId } from "../ground/random.ts";
import type { Http, Trust } from "../http/http.ts";
import { AssetRecords } from "./asset-records.ts";
import { checkMade } from "./check-made.ts";
import { DownloadRefused, downloadFailure } from "./download-failure.ts";
import { safeFileName } from "./file-name.ts";
import type { MediaKind } from "./formats.ts";
import type { Asset } from "./media.ts";
import type { MediaBucket } from "./media-bucket.ts";
import { type ByteRange, discard, MediaFiles } from "./media-files.ts";
import { hashOfFile, MediaHome } from "./media-home.ts";
import { probe } from "./probe.ts";

export interface MediaStoreOptions {
  /** The directory of the files; created if absent. Several processes may use it. */
  directory: string;
  /** Holds the files for several hosts; the directory then has copies. Default: none, the directory holds them. */
  bucket?: MediaBucket | undefined;
  /** Stores the records. Needs an iterator; shared with the other processes that use the directory. */
  state: Keyv;
  /** Gives the time at which a medium is stored. */
  clock: Clock;
  /** Draws asset ids. */
  random: Random;
  /** Downloads links. */
  http: Http;
  /** How long a medium is kept after it was stored, in milliseconds; longer while something needs it. */
  retentionMs: number;
}

/** What is known about a medium in addition to its bytes. */
export interface KeepOptions {
  /** The caller id it belongs to. */
  owner: string;
  /** A file name to offer; made safe, with an extension that fits. Default: the kind, e.g. `image.png`. */
  name?: string;
  /** The largest size in bytes. */
  maxBytes: number;
  /**
   * The job step that made it. Such a medium is read to its end before it is stored. Storing the same origin again
   * returns the first asset.
   */
  origin?: Asset["origin"];
  /** The id of the original if this is a smaller encode, which lists do not show. Default: none. */
  encodeOf?: string;
  /** The kinds it may be of, for what a job step made. Default: any. */
  kinds?: readonly MediaKind[];
  /** Aborts the transfer; nothing is stored then. Default: none. */
  signal?: AbortSignal;
}

export interface FetchOptions extends KeepOptions {
  /** Whether private addresses are allowed: `foreign` for a link from a person or a vendor. */
  trust: Trust;
  /** The whole download, in milliseconds. */
  timeoutMs: number;
  /** Sent to the first host only; for platforms whose file links need a token. */
  headers?: Record<string, string>;
}

/** Media by content, with their owners. */
export interface MediaStore {
  /** Stores bytes. Throws a `UsageError` and stores nothing if they are too many or not a medium. */
  keep(source: Uint8Array | AsyncIterable<Uint8Array>, about: KeepOptions): Promise<Asset>;
  /**
   * Downloads and stores. If a person's link (no origin, foreign) fails, throws a `UsageError` that says why. Otherwise
   * throws the `HttpError` of an exchange without an answer, and for a refusal a `ToolcastError` of kind `unreachable`
   * with the HTTP status and whether trying later may help.
   */
  fetch(url: string, about: FetchOptions): Promise<Asset>;
  /**
   * Creates the folder; throws an `UnusablePath` if this user cannot use it, or an `UnusableBucket`. A full disk is
   * accepted, and a bucket that is away.
   */
  prepare(): Promise<void>;
  /** The record, whoever owns it. */
  read(id: string): Promise<Asset | null>;
  /** The record, if it belongs to `owner`. */
  owned(id: string, owner: string): Promise<Asset | null>;
  /**
   * A Node stream of the bytes; it emits `error` if the file is gone. A caller that does not read it to its end must
   * destroy it.
   */
  open(asset: Asset, range?: ByteRange): Readable;
  /** Rejects if the file is gone or damaged. */
  bytes(asset: Asset): Promise<Uint8Array>;
  /** Where the file is on this disk, if it is there. */
  pathOf(asset: Asset): string;
  /** The same, once the file has been copied from the bucket if need be. If it is gone, reading it fails with `ENOENT`. */
  localPath(asset: Asset): Promise<string>;
  /** The path, once the file has been read to its end without keeping it in memory. Rejects as `bytes` does. */
  wholeFile(asset: Asset): Promise<string>;
  /**
   * Whether a medium of ordinary size can be stored now, and how much room is left, or null if the file system does not
   * tell. At most 5 seconds old.
   */
  condition(): Promise<MediaCondition>;
  /** What a job's step has stored, in order of `index`, even if the process died before the job was written. */
  madeBy(jobId: string, step: string): Promise<Asset[]>;
  /** Newest first, without smaller encodes. `limit` defaults to 50. */
  list(owner: string, limit?: number): Promise<Asset[]>;
  /** All that belongs to a person, with smaller encodes. Reads all records. */
  ownedBy(owner: string): Promise<Asset[]>;
  /** The smaller encodes of these media. Reads all records. */
  encodesOf(ids: readonly string[]): Promise<Asset[]>;
  /**
   * The newest records of media that jobs made, and how many files are set aside because no record names them. Reads
   * all records.
   */
  inventory(limit: number): Promise<{ newestMade: Asset[]; setAside: number }>;
  /** Every record with the same bytes, whoever owns it. Reads all records. */
  withHash(hash: string): Promise<Asset[]>;
  /** Deletes these records, and those of these files that no other record names. Safe to repeat with the same files. */
  forget(assets: readonly Asset[], files: readonly Pick<Asset, "hash" | "extension">[]): Promise<void>;
  /**
   * Deletes the records past retention that nothing needs, with their files. Files that no record names, except those
   * whose last record is deleted here, are set aside for another retention period, and come back with their record. Any
   * process may run it at any time.
   */
  sweep(isNeeded: (asset: Asset) => Promise<boolean>): Promise<Swept>;
}

/** The state of the media folder. */
export interface MediaCondition {
  /** Null if it can be written. */
  trouble: StorageError | null;
  freeBytes: number | null;
}

/** The results of a sweep. */
export interface Swept {
  /** Records past retention that were deleted. */
  removed: number;
  /** Files that no record names: their records are lost, or restored from before the files. */
  setAside: number;
  /** Files set aside earlier whose record exists again. */
  putBack: number;
}

const conditionAgeMs = 5_000;

/** Incomplete files older than this were left by a process that died, in milliseconds. */
const abandonedAfterMs = 24 * 60 * 60 * 1000;

export function createMediaStore(options: MediaStoreOptions): MediaStore {
  const { clock, random, http } = options;
  const home = new MediaHome(new MediaFiles(options.directory, random), options.bucket ?? null);
  const { files } = home;
  const records = new AssetRecords(options.state);

  let looked: { at: number; condition: Promise<MediaCondition> } | undefined;

  async function lookAtFolder(): Promise<MediaCondition> {
    const freeBytes = await files.freeBytes();
    try {
      await home.tryToWrite();
      return { trouble: null, freeBytes };
    } catch (error) {
      const trouble = asStorageError(error);
      return { trouble: trouble instanceof StorageError ? trouble : new StorageError("unwritable", error), freeBytes };
    }
  }

  /** The asset stored for an origin, if its bytes are still there. */
  async function keptBefore(origin: Asset["origin"]): Promise<Asset | null> {
    const id = origin === undefined ? null : await records.idOf(origin);
    const asset = id === null ? null : await records.read(id);
    return asset !== null && (await home.isThere(asset)) ? asset : null;
  }

  /** Turns a written temporary file into an asset. */
  async function settle(temporary: string, hash: string, about: KeepOptions): Promise<Asset> {
    const facts = await probe(temporary);
    if (about.origin !== undefined) {
      await checkMade(temporary, facts, about.kinds);
    }
    const asset: Asset = {
      ...facts,
      // An origin keeps its id if its file was lost, or if only one of its two records was written.
      id: (about.origin && (await records.idOf(about.origin))) ?? randomId(random, "asset"),
      hash,
      owner: about.owner,
      name: safeFileName(about.name ?? facts.kind, facts.extension),
      createdAt: clock.now(),
      origin: about.origin,
      encodeOf: about.encodeOf,
    };
    await home.publish(temporary, asset);
    await records.write(asset);
    if (!(await home.isThere(asset))) {
      // A sweep removed it between the two lines above; from now on it sees the record.
      await home.publish(temporary, asset);
    }
    return asset;
  }

  async function withTemporary(act: (temporary: string) => Promise<Asset>): Promise<Asset> {
    try {
      const temporary = await files.temporary();
      try {
        return await act(temporary);
      } finally {
        await discard(temporary);
      }
    } catch (error) {
      throw asStorageError(error);
    }
  }

  const namedHashes = async () => new Set((await records.filter(() => true)).map(({ hash }) => hash));

  return {
    async keep(source, about) {
      const chunks = source instanceof Uint8Array ? [source] : source;
      const before = await keptBefore(about.origin);
      if (before !== null) {
        if (Symbol.asyncIterator in chunks) {
          await chunks[Symbol.asyncIterator]().return?.();
        }
        return before;
      }
      return withTemporary(async (temporary) => {
        const hash = await writeAndHash(chunks, temporary, about);
        return settle(temporary, hash, about);
      });
    },

    async fetch(url, about) {
      const { trust, timeoutMs, maxBytes, headers, signal } = about;
      return (
        (await keptBefore(about.origin)) ??
        withTemporary(async (temporary) => {
          const isPersonsLink = trust === "foreign" && about.origin === undefined;
          try {
            const request = { url, trust, timeoutMs, maxBytes, headers, signal };
            const { status } = await http.download(request, temporary);
            if (status < 200 || status > 299) {
              throw new DownloadRefused(status);
            }
          } catch (error) {
            const trouble = asStorageError(error);
            throw trouble instanceof StorageError ? trouble : downloadFailure(error, isPersonsLink);
          }
          return settle(temporary, await hashOfFile(temporary), about);
        })
      );
    },

    async prepare() {
      try {
        await files.tryToWrite();
      } catch (error) {
        if ((asStorageError(error) as Partial<StorageError>).trouble !== "full") {
          throw asUnusablePath(options.directory, error);
        }
      }
      await home.prepare();
    },

    read: (id) => records.read(id),

    async owned(id, owner) {
      const asset = await records.read(id);
      return asset?.owner === owner ? asset : null;
    },

    open(asset, range) {
      return Readable.from(
        readFrom(() => home.localPath(asset), range),
        { objectMode: false },
      );
    },
    async bytes(asset) {
      const bytes = new Uint8Array(await readFile(await home.localPath(asset)));
      if (createHash("sha256").update(bytes).digest("hex") !== asset.hash) {
        throw damaged(asset);
      }
      return bytes;
    },
    pathOf: (asset) => files.pathOf(asset),
    localPath: (asset) => home.localPath(asset),
    async wholeFile(asset) {
      const path = await home.localPath(asset);
      if ((await hashOfFile(path)) !== asset.hash) {
        throw damaged(asset);
      }
      return path;
    },
    condition() {
      const now = clock.monotonic();
      if (looked === undefined || now - looked.at >= conditionAgeMs) {
        looked = { at: now, condition: lookAtFolder() };
      }
      return looked.condition;
    },
    madeBy: (jobId, step) => records.madeBy(jobId, step),

    async list(owner, limit = 50) {
      const own = await records.filter((asset) => asset.owner === owner && asset.encodeOf === undefined);
      return own.sort((one, other) => other.createdAt - one.createdAt).slice(0, limit);
    },

    async inventory(limit) {
      const made = await records.filter(({ origin }) => origin !== undefined);
      const newestMade = made.sort((one, other) => other.createdAt - one.createdAt).slice(0, limit);
      return { newestMade, setAside: await home.countSetAside() };
    },
    ownedBy: (owner) => records.filter((asset) => asset.owner === owner),

    encodesOf: (ids) => records.filter(({ encodeOf }) => encodeOf !== undefined && ids.includes(encodeOf)),

    withHash: (hash) => records.filter((asset) => asset.hash === hash),

    async forget(assets, erased) {
      for (const asset of assets) {
        await records.remove(asset);
      }
      await home.erase(erased, namedHashes, clock.now());
    },

    async sweep(isNeeded) {
      const before = clock.now() - options.retentionMs;
      let removed = 0;
      const forgotten = new Set<string>();
      for (const asset of await records.filter(({ createdAt }) => createdAt < before)) {
        if (!(await isNeeded(asset))) {
          await records.remove(asset);
          forgotten.add(asset.hash);
          removed += 1;
        }
      }
      const isForgotten = (hash: string) => forgotten.has(hash);
      const { setAside, putBack } = await home.sweep({ namedHashes, isForgotten, now: clock.now(), before });
      await files.dropIncoming(clock.now() - abandonedAfterMs);
      return { removed, setAside, putBack };
    },
  };
}

async function writeAndHash(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  path: string,
  { maxBytes, signal }: KeepOptions,
): Promise<string> {
  const hash = createHash("sha256");
  const file = await open(path, "wx", 0o600);
  try {
    let bytes = 0;
    for await (const chunk of chunks) {
      signal?.throwIfAborted();
      bytes += chunk.byteLength;
      if (bytes > maxBytes) {
        throw new UsageError({ key: "media.too-large", values: { limit: { bytes: maxBytes }, actual: { bytes } } });
      }
      hash.update(chunk);
      await file.writeFile(chunk);
    }
    return hash.digest("hex");
  } finally {
    await file.close();
  }
}

function damaged({ id, bytes }: Asset): Error {
  return new Error(`the stored file of ${id} is damaged: it should have ${bytes} bytes`);
}

/** The bytes of a file, which is found when the first of them is wanted. */
export async function* readFrom(path: () => Promise<string>, range?: ByteRange): AsyncGenerator<Buffer> {
  yield* createReadStream(await path(), range);
}
