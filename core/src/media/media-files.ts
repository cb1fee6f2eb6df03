import { constants, createReadStream, type Stats } from "node:fs";
import { copyFile, link, mkdir, open, readdir, rename, stat, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Readable } from "node:stream";
import type { Random } from "../ground/random.ts";

const asideSuffix = ".aside";

/** A part of a file: the first and the last byte, both included, counted from 0. */
export interface ByteRange {
  start: number;
  end: number;
}

/**
 * Files named for their content, `<2 hex>/<hash>.<extension>`, in a directory that several processes use.
 * A file is whole or absent whenever a process is killed: it is written under another name first.
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

  /** Where a new file may be written; it belongs to the caller until `publish`, and the caller removes it. */
  async temporary(): Promise<string> {
    const directory = join(this.directory, "incoming");
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return join(directory, Buffer.from(this.#random.bytes(12)).toString("hex"));
  }

  /** Makes a written file appear under its name, durably. The temporary file stays; equal content may be there already. */
  async publish(temporary: string, path: string): Promise<void> {
    await flush(temporary);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await linkOrCopy(temporary, path);
    await flush(dirname(path));
  }

  async exists(path: string): Promise<boolean> {
    return (await statOf(path)) !== null;
  }

  open(path: string, range?: ByteRange): Readable {
    return createReadStream(path, range);
  }

  /**
   * Takes files away, asks once more which hashes are wanted, and deletes the others. A process that publishes the same
   * content meanwhile looks after its record is written, and publishes again when the file is gone: whichever of the
   * two comes last sees the other.
   */
  async removeUnless(paths: readonly string[], wantedHashes: () => Promise<ReadonlySet<string>>): Promise<void> {
    const aside: string[] = [];
    for (const path of paths) {
      await rename(path, path + asideSuffix).then(() => aside.push(path), ignoreAbsent);
    }
    const wanted = aside.length === 0 ? new Set<string>() : await wantedHashes();
    for (const path of aside) {
      if (wanted.has(hashOf(path))) {
        await this.#putBack(path);
      } else {
        await discard(path + asideSuffix);
      }
    }
  }

  /** Puts back what a process that was killed in `removeUnless` had taken away. */
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
  async *published(): AsyncGenerator<{ path: string; hash: string }, void> {
    for await (const path of this.#files()) {
      if (!path.endsWith(asideSuffix)) {
        yield { path, hash: hashOf(path) };
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

/** Deletes a file that may be gone already. */
export async function discard(path: string): Promise<void> {
  await unlink(path).catch(ignoreAbsent);
}

/** Not every file system has links; a copy is made under another name first, so that nobody sees half of it. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    const code = codeOf(error);
    if (code === "EEXIST") {
      return;
    }
    if (!["EPERM", "ENOTSUP", "ENOSYS", "EXDEV", "EMLINK"].includes(code)) {
      throw error;
    }
    const copy = `${from}.copy`;
    await copyFile(from, copy, constants.COPYFILE_FICLONE);
    await flush(copy);
    await rename(copy, to);
  }
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
