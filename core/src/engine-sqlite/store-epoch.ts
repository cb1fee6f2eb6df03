import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { asUnusablePath } from "../errors/unusable-path.ts";

const ownerOnly = 0o600;

/** Reads the epoch that a store's file of its own names; null if there is no such file. */
export function readStoreEpoch(file: string): string | null {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return null;
    }
    throw asUnusablePath(file, error);
  }
}

/** Replaces the epoch as a whole; it is on disk when this returns. */
export function writeStoreEpoch(file: string, epoch: string): void {
  const partial = `${file}.new`;
  try {
    const descriptor = openSync(partial, "w", ownerOnly);
    try {
      writeSync(descriptor, `${epoch}\n`);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(partial, file);
  } catch (error) {
    throw asUnusablePath(file, error);
  }
}
