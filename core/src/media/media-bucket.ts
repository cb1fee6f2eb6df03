import { createWriteStream, openAsBlob } from "node:fs";
import { rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import type { S3mini } from "s3mini";
import { ToolcastError } from "../errors/errors.ts";
import { StorageError } from "../errors/storage-error.ts";
import type { LocalizedText } from "../ground/locale.ts";

export interface MediaBucketOptions {
  /** The address of the bucket: `https://host/bucket`, or `https://bucket.host`. */
  url: string;
  /** The region that requests are signed for. Default `auto`, which some services, such as R2, expect. */
  region?: string | undefined;
  /** The id of a key that may read, write, list and delete the bucket's objects. */
  accessKeyId: string;
  /** A secret. */
  secretAccessKey: string;
  /** An id that all hosts of the installation share, and no other installation has. */
  installation: string;
  /** Sends the requests. Default: undici's, which obeys the proxy settings of this process. */
  fetch?: typeof fetch | undefined;
}

/** How long one request may take, in milliseconds; a large video is sent in several. */
const requestTimeoutMs = 5 * 60_000;
const namesAtOnce = 1_000;
/** The object that says whose bucket it is. */
const ownerName = "toolcast-installation";
const publishedPattern = /^[0-9a-f]{64}\.[a-z0-9]{1,8}$/;
/** Before the names of objects that no record names. Without a slash, which not every service decodes in a copy's source. */
const asidePrefix = "aside.";

/**
 * The media of an installation of several hosts, in a bucket of a service that speaks the protocol of Amazon S3. Objects
 * are named by their content, `<hash>.<extension>`, so that writing one twice changes nothing. The bucket belongs to
 * this installation alone. Everything throws a {@link StorageError} while the bucket cannot be used.
 */
export class MediaBucket {
  /** Its address, without secrets. */
  readonly url: string;
  readonly #options: MediaBucketOptions;
  #opening: Promise<S3mini> | undefined;

  constructor(options: MediaBucketOptions) {
    this.url = options.url;
    this.#options = options;
  }

  /** Throws an {@link UnusableBucket} if the operator has to change something. A bucket that is away is accepted. */
  async prepare(): Promise<void> {
    try {
      await this.tryToWrite();
      await this.#claim();
    } catch (error) {
      const { status = 0 } = ((error as Error).cause ?? {}) as { status?: number };
      if (status >= 300 && status < 500 && status !== 408 && status !== 429) {
        throw new UnusableBucket(refusedSentence(new URL(this.url).host, status), error);
      }
      if (!(error instanceof StorageError)) {
        throw error;
      }
    }
  }

  /** An installation sets aside what its records do not name: the media of another one in the same bucket. */
  async #claim(): Promise<void> {
    const { installation } = this.#options;
    const owner = await this.#ask((bucket) => bucket.getObject(ownerName));
    if (owner === null) {
      await this.#ask((bucket) => bucket.putObject(ownerName, installation));
    } else if (owner !== installation) {
      throw new UnusableBucket(foreignSentence(new URL(this.url).host));
    }
  }

  async tryToWrite(): Promise<void> {
    await this.#ask((bucket) => bucket.putObject("written-to-see-whether-it-works", "toolcast"));
  }

  /** Whether the object is there. Objects appear whole or not at all. */
  has(name: string): Promise<boolean> {
    return this.#ask(async (bucket) => (await bucket.objectExists(name)) === true);
  }

  /** Stores a file under a name. */
  async put(name: string, file: string, type: string): Promise<void> {
    const content = await openAsBlob(file);
    await this.#ask((bucket) => bucket.putAnyObject(name, content, type));
  }

  /** Writes the object to a file, which must not exist; false if there is no such object. */
  async get(name: string, file: string): Promise<boolean> {
    return (await this.#download(name, file)) || (await this.#download(asidePrefix + name, file));
  }

  /** The names of all objects, apart from those set aside. */
  async *names(): AsyncGenerator<string, void> {
    for await (const { name } of this.#list("")) {
      if (publishedPattern.test(name)) {
        yield name;
      }
    }
  }

  /**
   * Moves objects aside and then asks again which hashes are wanted. Puts the wanted ones back, deletes those for which
   * `isForgotten` returns true and leaves the rest set aside; returns how many that were. See `MediaFiles.removeUnless`
   * for a host that stores the same content meanwhile.
   */
  async removeUnless(
    names: readonly string[],
    wantedHashes: () => Promise<ReadonlySet<string>>,
    isForgotten: (hash: string) => boolean,
  ): Promise<number> {
    const moved: string[] = [];
    for (const name of names) {
      if (await this.#move(name, asidePrefix + name)) {
        moved.push(name);
      }
    }
    const wanted = moved.length === 0 ? new Set<string>() : await wantedHashes();
    let setAside = 0;
    for (const name of moved) {
      if (wanted.has(hashOf(name))) {
        await this.#move(asidePrefix + name, name);
      } else if (isForgotten(hashOf(name))) {
        await this.#ask((bucket) => bucket.deleteObject(asidePrefix + name));
      } else {
        setAside += 1;
      }
    }
    return setAside;
  }

  /**
   * Puts back objects whose hash has a record again, and deletes those set aside before an instant (epoch milliseconds, by
   * the service's clock). Returns how many were put back.
   */
  async reviewSetAside(named: ReadonlySet<string>, before: number): Promise<number> {
    let putBack = 0;
    for await (const { name, at } of this.#list(asidePrefix)) {
      const home = name.slice(asidePrefix.length);
      if (named.has(hashOf(home))) {
        putBack += (await this.#move(name, home)) ? 1 : 0;
      } else if (at < before) {
        await this.#ask((bucket) => bucket.deleteObject(name));
      }
    }
    return putBack;
  }

  async countSetAside(): Promise<number> {
    let count = 0;
    for await (const _ of this.#list(asidePrefix)) {
      count += 1;
    }
    return count;
  }

  async *#list(prefix: string): AsyncGenerator<{ name: string; at: number }, void> {
    for (let token: string | undefined; ; ) {
      const page = await this.#ask((bucket) => bucket.listObjectsPaged("/", prefix, namesAtOnce, token));
      for (const { Key, LastModified } of page?.objects ?? []) {
        yield { name: Key, at: new Date(LastModified).getTime() };
      }
      token = page?.nextContinuationToken;
      if (token === undefined) {
        return;
      }
    }
  }

  /** False if it is not there, as when another host has moved it. */
  #move(from: string, to: string): Promise<boolean> {
    return this.#ask(async (bucket) => {
      try {
        await bucket.copyObject(from, to);
      } catch (error) {
        if ((error as { status?: number }).status === 404) {
          return false;
        }
        throw error;
      }
      await bucket.deleteObject(from);
      return true;
    });
  }

  async #download(name: string, file: string): Promise<boolean> {
    const answer = await this.#ask((bucket) => bucket.getObjectResponse(name));
    if (answer === null) {
      return false;
    }
    if (answer.body === null) {
      throw new StorageError("bucket", new Error("the answer has no body"));
    }
    try {
      const body = Readable.fromWeb(answer.body as ReadableStream<Uint8Array>);
      await pipeline(body, createWriteStream(file, { flags: "wx", mode: 0o600 }));
    } catch (error) {
      await rm(file, { force: true });
      // The disk's own errors say what is wrong with the disk.
      throw (error as NodeJS.ErrnoException).syscall === undefined ? new StorageError("bucket", error) : error;
    }
    return true;
  }

  async #ask<Result>(work: (bucket: S3mini) => Promise<Result>): Promise<Result> {
    this.#opening ??= this.#open();
    try {
      return await work(await this.#opening);
    } catch (error) {
      throw new StorageError("bucket", error);
    }
  }

  /** The libraries are loaded when a bucket is used: most installations have none. */
  async #open(): Promise<S3mini> {
    const { region = "auto", accessKeyId, secretAccessKey } = this.#options;
    const { S3mini } = await import("s3mini");
    const send = this.#options.fetch ?? ((await import("undici")).fetch as unknown as typeof fetch);
    return new S3mini({
      ...{ endpoint: this.url, region, accessKeyId, secretAccessKey },
      ...{ fetch: send, requestAbortTimeout: requestTimeoutMs },
    });
  }
}

/** The bucket refuses what a server needs, and a restart does not help. */
export class UnusableBucket extends ToolcastError {
  constructor(sentence: LocalizedText, cause?: unknown) {
    super(sentence.en, { kind: "usage", sentence, charged: "no", retry: { kind: "never" } }, { cause });
  }
}

function refusedSentence(host: string, status: number): LocalizedText {
  return {
    en: `The bucket at ${host} refuses to store media (HTTP ${status}). Check S3_ENDPOINT, S3_BUCKET and S3_REGION, and whether the key of S3_ACCESS_KEY_ID may read, write, list and delete its objects.`,
    "zh-CN": `${host} 上的存储桶拒绝保存媒体文件（HTTP ${status}）。请检查 S3_ENDPOINT、S3_BUCKET 和 S3_REGION，并确认 S3_ACCESS_KEY_ID 对应的密钥有权读取、写入、列出和删除其中的对象。`,
  };
}

function foreignSentence(host: string): LocalizedText {
  return {
    en: `The bucket at ${host} holds the media of another installation, which this one would set aside. Choose another S3_BUCKET; or, if the key of this installation was replaced, delete the object "${ownerName}" in it.`,
    "zh-CN": `${host} 上的存储桶保存着另一个系统的媒体文件，本系统会把它们当作无主文件移走。请改用其他 S3_BUCKET；如果只是更换过本系统的密钥文件，请删除其中名为 ${ownerName} 的对象。`,
  };
}

function hashOf(name: string): string {
  return name.split(".")[0] ?? "";
}
