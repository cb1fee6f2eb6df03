import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { systemRandom } from "../ground/random.ts";
import { MediaFiles } from "./media-files.ts";

let directory: string;
let files: MediaFiles;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "toolcast-files-"));
  files = new MediaFiles(directory, systemRandom);
});
afterEach(() => rmSync(directory, { recursive: true }));

const forgotten = { isForgotten: () => true, now: 0 };

async function published(hash: string): Promise<string> {
  const temporary = await files.temporary();
  writeFileSync(temporary, hash);
  const path = files.pathOf({ hash, extension: "png" });
  await files.publish(temporary, path);
  return path;
}

it("asks about a file only once it is moved aside, and puts it back if it is wanted", async () => {
  const [wanted, unwanted] = [await published("aa11"), await published("bb22")];
  await files.removeUnless(
    [wanted, unwanted],
    async () => {
      expect([existsSync(wanted), existsSync(unwanted)]).toEqual([false, false]);
      return new Set(["aa11"]);
    },
    forgotten,
  );
  expect(readFileSync(wanted, "utf8")).toBe("aa11");
  expect(existsSync(unwanted)).toBe(false);
  expect(existsSync(`${unwanted}.aside`)).toBe(false);
});

it("leaves a file that was published again while the old one was aside", async () => {
  const path = await published("aa11");
  await files.removeUnless(
    [path],
    async () => {
      await published("aa11");
      return new Set();
    },
    forgotten,
  );
  expect(readFileSync(path, "utf8")).toBe("aa11");
});

it("accepts that another process has already removed a file", async () => {
  await files.removeUnless(
    [files.pathOf({ hash: "aa11", extension: "png" })],
    () => expect.fail("nothing to ask"),
    forgotten,
  );
});
