import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { Asset } from "./media.ts";
import type { MediaBucket } from "./media-bucket.ts";
import { discard, type MediaFiles } from "./media-files.ts";

type FileOf = Pick<Asset, "hash" | "extension">;
type Named = () => Promise<ReadonlySet<string>>;

/** What a sweep of the files did. */
interface FilesSwept {
  setAside: number;
  putBack: number;
}

/**
 * The files of media: on this disk or, when several hosts share them, in a bucket. Then the disk holds copies, which are
 * made when they are read and go when nothing names them.
 */
export class MediaHome {
  readonly files: MediaFiles;
  readonly #bucket: MediaBucket | null;
  /** Copies under way, by path. */
  readonly #copying = new Map<string, Promise<void>>();

  constructor(files: MediaFiles, bucket: MediaBucket | null) {
    this.files = files;
    this.#bucket = bucket;
  }

  async prepare(): Promise<void> {
    await this.#bucket?.prepare();
  }

  /** Rejects with what is wrong if nothing can be stored. */
  async tryToWrite(): Promise<void> {
    await this.files.tryToWrite();
    await this.#bucket?.tryToWrite();
  }

  /** Makes a written file appear under its name, durably, for all hosts. The temporary file remains. */
  async publish(temporary: string, asset: FileOf & Pick<Asset, "type">): Promise<void> {
    await this.files.publish(temporary, this.files.pathOf(asset));
    if (this.#bucket !== null && !(await this.#bucket.has(nameOf(asset)))) {
      await this.#bucket.put(nameOf(asset), temporary, asset.type);
    }
  }

  /** Whether a record can name it: the file is there with all its bytes. */
  isThere(asset: FileOf & Pick<Asset, "bytes">): Promise<boolean> {
    return this.#bucket?.has(nameOf(asset)) ?? this.files.isWhole(this.files.pathOf(asset), asset.bytes);
  }

  /** The path of the file on this disk, copied from the bucket if need be. If it is gone, reading it fails with `ENOENT`. */
  async localPath(asset: FileOf & Pick<Asset, "bytes">): Promise<string> {
    const path = this.files.pathOf(asset);
    const bucket = this.#bucket;
    if (bucket !== null && !(await this.files.isWhole(path, asset.bytes))) {
      const copying = this.#copying.get(path) ?? this.#copy(bucket, asset, path);
      this.#copying.set(path, copying);
      await copying.finally(() => this.#copying.delete(path));
    }
    return path;
  }

  async #copy(bucket: MediaBucket, asset: FileOf, path: string): Promise<void> {
    const temporary = await this.files.temporary();
    try {
      if (!(await bucket.get(nameOf(asset), temporary))) {
        return;
      }
      if ((await hashOfFile(temporary)) !== asset.hash) {
        throw new Error(`the object ${nameOf(asset)} of the bucket is damaged`);
      }
      await this.files.publish(temporary, path);
    } finally {
      await discard(temporary);
    }
  }

  /** Deletes these files unless a record names them. */
  async erase(erased: readonly FileOf[], namedHashes: Named, now: number): Promise<void> {
    const isForgotten = () => true;
    const once = [...new Map(erased.map((file) => [nameOf(file), file])).values()];
    const paths = once.map((file) => this.files.pathOf(file));
    await this.files.removeUnless(paths, namedHashes, { isForgotten, now });
    await this.#bucket?.removeUnless(once.map(nameOf), namedHashes, isForgotten);
  }

  /**
   * Sets aside what no record names, or deletes it if `isForgotten`; puts back what has a record again; deletes what was
   * set aside before `before`. Epoch milliseconds.
   */
  async sweep({ namedHashes, isForgotten, now, before }: SweepOptions): Promise<FilesSwept> {
    const { files } = this;
    await files.putBackAll();
    const isCopies = this.#bucket !== null && (await files.copiesOf()) === this.#bucket.url;
    const unnamed = await withoutRecord(files.published(), await namedHashes(), ({ hash }) => hash);
    const paths = unnamed.map(({ path }) => path);
    // Of a copy nothing is kept: what a restored record needs is in the bucket.
    const onDisk: FilesSwept = {
      setAside: await files.removeUnless(paths, namedHashes, { isForgotten: isCopies ? () => true : isForgotten, now }),
      putBack: await files.reviewSetAside(await namedHashes(), before),
    };
    if (this.#bucket === null) {
      await files.markAsCopiesOf(null);
      return onDisk;
    }
    return this.#sweepBucket(this.#bucket, isCopies, { namedHashes, isForgotten, before });
  }

  async #sweepBucket(
    bucket: MediaBucket,
    isCopies: boolean,
    { namedHashes, isForgotten, before }: Omit<SweepOptions, "now">,
  ): Promise<FilesSwept> {
    const unnamed = await withoutRecord(bucket.names(), await namedHashes(), hashOfName);
    const setAside = await bucket.removeUnless(unnamed, namedHashes, isForgotten);
    const putBack = await bucket.reviewSetAside(await namedHashes(), before);
    if (!isCopies) {
      await this.#share(bucket);
    }
    return { setAside, putBack };
  }

  /** Puts into the bucket what this disk got before there was one. */
  async #share(bucket: MediaBucket): Promise<void> {
    const there = new Set<string>();
    for await (const name of bucket.names()) {
      there.add(hashOfName(name));
    }
    for await (const { path, hash, name } of this.files.published()) {
      if (!there.has(hash)) {
        await bucket.put(name, path, "application/octet-stream");
      }
    }
    await this.files.markAsCopiesOf(bucket.url);
  }

  countSetAside(): Promise<number> {
    return (this.#bucket ?? this.files).countSetAside();
  }
}

interface SweepOptions {
  /** The hashes that records name, read again at each call. */
  namedHashes: Named;
  /** Whether the record was deleted on purpose. */
  isForgotten: (hash: string) => boolean;
  now: number;
  before: number;
}

export async function hashOfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk as Buffer);
  }
  return hash.digest("hex");
}

async function withoutRecord<Entry>(
  entries: AsyncIterable<Entry>,
  named: ReadonlySet<string>,
  hashOf: (entry: Entry) => string,
): Promise<Entry[]> {
  const unnamed: Entry[] = [];
  for await (const entry of entries) {
    if (!named.has(hashOf(entry))) {
      unnamed.push(entry);
    }
  }
  return unnamed;
}

function nameOf({ hash, extension }: FileOf): string {
  return `${hash}.${extension}`;
}

function hashOfName(name: string): string {
  return name.split(".")[0] ?? "";
}
