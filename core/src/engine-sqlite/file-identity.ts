import { type BigIntStats, statSync } from "node:fs";

/** What a file keeps when it is moved or mounted elsewhere, but a copy does not have. */
export interface FileIdentity {
  inode: string;
  /** In nanoseconds since 1970; null if the file system keeps none. */
  bornAt: string | null;
}

export type ReadStats = (path: string) => Pick<BigIntStats, "ino" | "birthtimeNs" | "ctimeNs">;

/**
 * The device number is left out, because it differs between two mounts of one volume. If the file system keeps no time
 * of birth, Node returns 0 or, on older systems, the time of the last change, which cannot serve as an identity.
 */
export function fileIdentity(file: string, readStats: ReadStats = readFileStats): FileIdentity {
  const { ino, birthtimeNs, ctimeNs } = readStats(file);
  return {
    inode: String(ino),
    bornAt: birthtimeNs <= 0n || birthtimeNs === ctimeNs ? null : String(birthtimeNs),
  };
}

/** If one of them has no time of birth, only the inode decides. */
export function isSameFile(one: FileIdentity, other: FileIdentity): boolean {
  return one.inode === other.inode && (one.bornAt === null || other.bornAt === null || one.bornAt === other.bornAt);
}

function readFileStats(path: string): BigIntStats {
  return statSync(path, { bigint: true });
}
