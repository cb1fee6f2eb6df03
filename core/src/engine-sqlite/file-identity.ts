import { type BigIntStats, statSync } from "node:fs";

/** What a file keeps when it is moved or mounted elsewhere, and what no copy of it has. */
export interface FileIdentity {
  inode: string;
  /** In nanoseconds since 1970; null where the file system keeps none. */
  bornAt: string | null;
}

export type ReadStats = (path: string) => Pick<BigIntStats, "ino" | "birthtimeNs" | "ctimeNs">;

/**
 * The number of the device is left out: it differs between two mounts of one volume. Where the file system keeps no time
 * of birth, Node gives 0 or, from older systems, the time of the last change, which no identity can be built on.
 */
export function fileIdentity(file: string, readStats: ReadStats = readFileStats): FileIdentity {
  const { ino, birthtimeNs, ctimeNs } = readStats(file);
  return {
    inode: String(ino),
    bornAt: birthtimeNs <= 0n || birthtimeNs === ctimeNs ? null : String(birthtimeNs),
  };
}

/** Where one of them has no time of birth, the inode alone decides. */
export function isSameFile(one: FileIdentity, other: FileIdentity): boolean {
  return one.inode === other.inode && (one.bornAt === null || other.bornAt === null || one.bornAt === other.bornAt);
}

function readFileStats(path: string): BigIntStats {
  return statSync(path, { bigint: true });
}
