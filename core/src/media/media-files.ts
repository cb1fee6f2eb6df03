import { constants, createReadStream, type Stats } from "node:fs";
import {
  copyFile,
  link,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  stat,
  statfs,
  unlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Readable } from "node:stream";
import type { Random } from "../ground/random.ts";

const asideSuffix = ".aside";
const probeBytes = 256 * 1024;
/** The folder for files that no record names: a record that comes back with a restored backup finds its file. */
const setAsideFolder = "set-aside";
/** The file that says of which bucket the directory holds copies. */
const copiesMark = "copies-of";

/** A part of a file: the first and the last byte, both included, counted from 0. */
export interface ByteRange {
  start: number;
  end: number;
}

/**
 * Files named by their content, `<2 hex>/<hash>.<extension>`, in a directory that several processes use. They are
 * written under another name first: whenever a process is killed, a file is complete or absent.
 */
export class MediaFiles {
  readonly directory: string;
  readonly #random: Random;

  constructor(directory: string, random: Random) {
    this.directory = directory;
    this.#random = random;
  }

  pathOf({ hash, extension }: { hash: string; extension: string }): string {
    return join(this.directory, hash.slice(0, 2), `${hash}.${extension}`);
  }

  /** A path for a new file, which the caller writes, publishes and removes. */
  async temporary(): Promise<string> {
    const directory = join(this.directory, "incoming");
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return join(directory, Buffer.from(this.#random.bytes(12)).toString("hex"));
  }

  /** Writes as many bytes as a picture has and removes them; rejects with the disk's error. */
  async tryToWrite(): Promise<void> {
    const path = await this.temporary();
    try {
      await writeFile(path, Buffer.alloc(probeBytes), { mode: 0o600, flush: true });
    } finally {
      await discard(path);
    }
  }

  /** Free space in bytes; null if the file system does not tell. */
  async freeBytes(): Promise<number | null> {
    const facts = await statfs(this.directory).catch(() => null);
    return facts === null ? null : facts.bavail * facts.bsize;
  }

  /**
   * Makes a written file appear under its name, durably. The temporary file remains; equal content may be there
   * already.
   */
  async publish(temporary: string, path: string): Promise<void> {
    await flush(temporary);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await linkOrCopy(temporary, path);
    await flush(dirname(path));
  }

  /** Whether the file is there with all its bytes: a full disk or an interrupted copy leaves only a part. */
  async isWhole(path: string, bytes: number): Promise<boolean> {
    return (await statOf(path))?.size === bytes;
  }

  open(path: string, range?: ByteRange): Readable {
    return createReadStream(path, range);
  }

  /**
   * Moves files aside and then asks again which hashes are wanted. Puts the wanted files back, deletes those for which
   * `isForgotten` returns true, and sets the rest aside; returns how many that were. A process that publishes the same
   * content meanwhile checks for the file after writing its record, and publishes it again if it is gone: whichever of
   * the two comes last sees the other.
   */
  async removeUnless(
    paths: readonly string[],
    wantedHashes: () => Promise<ReadonlySet<string>>,
    { isForgotten, now }: { isForgotten: (hash: string) => boolean; now: number },
  ): Promise<number> {
    let setAside = 0;
    const aside: string[] = [];
    for (const path of paths) {
      await rename(path, path + asideSuffix).then(() => aside.push(path), ignoreAbsent);
    }
    const wanted = aside.length === 0 ? new Set<string>() : await wantedHashes();
    for (const path of aside) {
      if (wanted.has(hashOf(path))) {
        await this.#putBack(path);
      } else if (isForgotten(hashOf(path))) {
        await discard(path + asideSuffix);
      } else {
        await this.#setAside(path, now);
        setAside += 1;
      }
    }
    return setAside;
  }

  /** Moves it to the folder for files set aside; its modification time says since when it is there. */
  async #setAside(path: string, now: number): Promise<void> {
    const folder = join(this.directory, setAsideFolder);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const target = join(folder, basename(path));
    // The time is set first, because another process may check the files set aside at any moment.
    await utimes(path + asideSuffix, now / 1_000, now / 1_000)
      .then(() => rename(path + asideSuffix, target))
      .catch(ignoreAbsent);
  }

  /**
   * Puts back files whose hash has a record again, and deletes those set aside before an instant (epoch milliseconds).
   * Returns how many were put back.
   */
  async reviewSetAside(named: ReadonlySet<string>, before: number): Promise<number> {
    const folder = join(this.directory, setAsideFolder);
    let putBack = 0;
    for (const name of await entries(folder)) {
      const path = join(folder, name);
      if (named.has(hashOf(path))) {
        const home = join(this.directory, name.slice(0, 2), name);
        await mkdir(dirname(home), { recursive: true, mode: 0o700 });
        await linkOrCopy(path, home).catch(ignoreAbsent);
        await discard(path);
        putBack += 1;
      } else if (((await statOf(path))?.mtimeMs ?? 0) < before) {
        await discard(path);
      }
    }
    return putBack;
  }

  async countSetAside(): Promise<number> {
    return (await entries(join(this.directory, setAsideFolder))).length;
  }

  /** Puts back what a process that was killed in `removeUnless` had moved aside. */
  async putBackAll(): Promise<void> {
    for await (const path of this.#files()) {
      if (path.endsWith(asideSuffix)) {
        await this.#putBack(path.slice(0, -asideSuffix.length));
      }
    }
  }

  async #putBack(path: string): Promise<void> {
    await linkOrCopy(path + asideSuffix, path).catch(ignoreAbsent);
    await discard(path + asideSuffix);
  }

  /** Every published file. */
  async *published(): AsyncGenerator<{ path: string; hash: string; name: string }, void> {
    for await (const path of this.#files()) {
      if (!path.endsWith(asideSuffix)) {
        yield { path, hash: hashOf(path), name: basename(path) };
      }
    }
  }

  async *#files(): AsyncGenerator<string, void> {
    for (const folder of await entries(this.directory)) {
      if (/^[0-9a-f]{2}$/.test(folder)) {
        for (const name of await entries(join(this.directory, folder))) {
          yield join(this.directory, folder, name);
        }
      }
    }
  }

  /** The address of the bucket whose objects the files are copies of; null if they are the originals. */
  async copiesOf(): Promise<string | null> {
    return readFile(join(this.directory, copiesMark), "utf8").catch((error: unknown) => {
      ignoreAbsent(error);
      return null;
    });
  }

  /** From now on the files are copies of the objects of a bucket, or with null the originals. */
  async markAsCopiesOf(bucket: string | null): Promise<void> {
    const path = join(this.directory, copiesMark);
    if (bucket === null) {
      await discard(path);
      return;
    }
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    await writeFile(path, bucket, { mode: 0o600, flush: true });
  }

  /** Deletes what killed processes left half-written before an instant (epoch milliseconds). */
  async dropIncoming(before: number): Promise<void> {
    const directory = join(this.directory, "incoming");
    for (const name of await entries(directory)) {
      const facts = await statOf(join(directory, name));
      if (facts !== null && facts.mtimeMs < before) {
        await discard(join(directory, name));
      }
    }
  }
}

function hashOf(path: string): string {
  return basename(path).split(".")[0] ?? "";
}

/** Deletes a file, which may be gone already. */
export async function discard(path: string): Promise<void> {
  await unlink(path).catch(ignoreAbsent);
}

/** Not every file system has links; a copy is made under another name first, because nobody may see half of it. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    const code = codeOf(error);
    if (code === "EEXIST") {
      // The equal name means equal content; a shorter file is damaged and is replaced.
      const [whole, there] = [await statOf(from), await statOf(to)];
      if (whole === null || there === null || whole.size === there.size) {
        return;
      }
      await replaceByCopy(from, to);
      return;
    }
    if (!["EPERM", "ENOTSUP", "ENOSYS", "EXDEV", "EMLINK"].includes(code)) {
      throw error;
    }
    await replaceByCopy(from, to);
  }
}

async function replaceByCopy(from: string, to: string): Promise<void> {
  const copy = `${from}.copy`;
  await copyFile(from, copy, constants.COPYFILE_FICLONE);
  await flush(copy);
  await rename(copy, to);
}

async function flush(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function statOf(path: string): Promise<Stats | null> {
  return stat(path).catch((error: unknown) => {
    ignoreAbsent(error);
    return null;
  });
}

async function entries(directory: string): Promise<string[]> {
  return readdir(directory).catch((error: unknown) => {
    ignoreAbsent(error);
    return [];
  });
}

function ignoreAbsent(error: unknown): void {
  if (!isAbsent(error)) {
    throw error;
  }
}

function isAbsent(error: unknown): boolean {
  return codeOf(error) === "ENOENT";
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "";
}
