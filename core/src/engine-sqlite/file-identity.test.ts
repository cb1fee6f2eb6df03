import { describe, expect, test } from "vitest";
import { fileIdentity, isSameFile } from "./file-identity.ts";

// @verifies paid-once.copied-store

const stats = (ino: bigint, birthtimeNs: bigint, ctimeNs = 9n) =>
  fileIdentity("", () => ({ ino, birthtimeNs, ctimeNs }));

describe("the identity of a file", () => {
  test("does not change with its content; another inode or time of birth means another file", () => {
    expect(isSameFile(stats(1n, 5n, 6n), stats(1n, 5n, 7n))).toBe(true);
    expect(isSameFile(stats(1n, 5n), stats(2n, 5n))).toBe(false);
    // An inode may be reused once its file is gone.
    expect(isSameFile(stats(1n, 5n), stats(1n, 8n))).toBe(false);
  });

  test.each([
    ["none", 0n, 7n],
    ["the time of the last change in place of it", 7n, 7n],
  ])("where the file system gives %s as its time of birth, the inode decides", (_name, bornAt, changedAt) => {
    expect(stats(1n, bornAt, changedAt)).toEqual({ inode: "1", bornAt: null });
    expect(isSameFile(stats(1n, 5n), stats(1n, bornAt, changedAt))).toBe(true);
    expect(isSameFile(stats(1n, bornAt, changedAt), stats(2n, 5n))).toBe(false);
  });

  test("distinguishes numbers beyond JavaScript's exact integers", () => {
    const large = 2n ** 63n;
    expect(isSameFile(stats(large, 5n), stats(large + 1n, 5n))).toBe(false);
  });
});
