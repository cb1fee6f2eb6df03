import { chmod, link, mkdir, open, readFile, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { asUnusablePath, UnusablePath } from "../errors/unusable-path.ts";
import type { Random } from "../ground/random.ts";

const keyBytes = 32;

/**
 * The installation's secret key: 32 bytes in a file that only its user may read, made once. If several processes start
 * at once without a file, one makes it and all get the same key. Throws an `UnusablePath` that says what to do, even
 * for a missing file if `mayMake` (default true) is false, as for a store that was used with a key.
 */
export async function loadSecretKey(file: string, random: Random, mayMake = true): Promise<Uint8Array> {
  const key = await readOrMake(file, random, mayMake).catch((error: unknown) => {
    throw asUnusablePath(file, error);
  });
  if (key.length !== keyBytes) {
    throw new UnusablePath(file, "wrong-size");
  }
  // If the file cannot be changed (a read-only mount), it is used as it is.
  await chmod(file, 0o600).catch(() => {});
  return key;
}

async function readOrMake(file: string, random: Random, mayMake: boolean): Promise<Uint8Array> {
  const key = await readKey(file);
  if (key === null && !mayMake) {
    throw new UnusablePath(file, "missing-key");
  }
  return key ?? makeKey(file, random);
}

async function readKey(file: string): Promise<Uint8Array | null> {
  try {
    return new Uint8Array(await readFile(file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return null;
    }
    throw error;
  }
}

/**
 * Written completely under another name and then linked, because a link never replaces a file that another process made
 * first.
 */
async function makeKey(file: string, random: Random): Promise<Uint8Array> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${Buffer.from(random.bytes(8)).toString("hex")}`;
  const handle = await open(temporary, "wx", 0o600);
  try {
    await handle.writeFile(random.bytes(keyBytes));
    await handle.sync();
    await handle.close();
    await link(temporary, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") {
        throw error;
      }
    });
  } finally {
    await unlink(temporary);
  }
  return new Uint8Array(await readFile(file));
}
