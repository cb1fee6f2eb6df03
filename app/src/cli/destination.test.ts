import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkDestination } from "./destination.ts";

// @verifies tried.command-line, spending.saved-first

const pictures = { count: 1, kinds: ["image"] } as const;
const file = { isTerminal: false, json: false };

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "toolcast-out-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const refused = (english: RegExp) => ({
  failure: {
    kind: "usage",
    field: "out",
    sentence: { en: expect.stringMatching(english), "zh-CN": expect.any(String) },
  },
});
const check = (out: string) => checkDestination(out, pictures, file);

test("a folder that exists or can be made, a file name that fits and a taken name are accepted, and nothing is left", async () => {
  writeFileSync(join(directory, "taken.png"), "");
  for (const name of ["", "new/deep/", "lake.png", "LAKE.JPEG", "new/lake", "taken.png", "lake.2026"]) {
    await check(join(directory, name));
  }
  expect(readdirSync(directory)).toEqual(["taken.png"]);
});

test.each([
  ["lake.mp4", /not the name of a picture/],
  ["lake.txt", /not the name of a picture/],
  ["file/lake.png", /file is not a folder/],
  ["file/", /not a folder/],
  ["pipe", /special file/],
  ["link-to-null", /special file/],
])("%s is refused", async (name, english) => {
  writeFileSync(join(directory, "file"), "");
  execFileSync("mkfifo", [join(directory, "pipe")]);
  symlinkSync("/dev/null", join(directory, "link-to-null"));
  await expect(check(join(directory, name))).rejects.toMatchObject(refused(english));
});

test.each(["/dev/null", "/dev/stdout", "/dev/lake.png", "/proc/self/", "/sys/lake.png"])(
  "%s is refused",
  async (path) => {
    await expect(check(path)).rejects.toMatchObject(refused(/device or a special file/));
  },
);

test("a name of a container suits every kind that it may contain", async () => {
  const sound = { count: 1, kinds: ["audio"] } as const;
  await checkDestination(join(directory, "voice.mp4"), sound, file);
  await expect(checkDestination(join(directory, "voice.mov"), sound, file)).rejects.toMatchObject(refused(/sound/));
  await checkDestination(join(directory, "words.txt"), { count: 1, kinds: null }, file);
});

test("standard output takes one result, if neither a terminal nor a JSON document is in its way", async () => {
  await checkDestination("-", pictures, file);
  await expect(checkDestination("-", pictures, { ...file, json: true })).rejects.toMatchObject(refused(/--json/));
  await expect(checkDestination("-", pictures, { ...file, isTerminal: true })).rejects.toMatchObject(
    refused(/terminal/),
  );
  await expect(checkDestination("-", { ...pictures, count: 3 }, file)).rejects.toMatchObject(refused(/makes 3/));
  await checkDestination("-", { count: 1, kinds: null }, { ...file, isTerminal: true });
});
