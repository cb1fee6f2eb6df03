import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { closeToOthers, createDataDirectory, defaultDataDirectory } from "./data-directory.ts";

const home = (platform: NodeJS.Platform, environment: Record<string, string> = {}) => ({
  platform,
  homeDirectory: "/home/me",
  environment,
});

test("data is stored beside the configuration, otherwise in the user's data folder", () => {
  expect(defaultDataDirectory("/project", home("linux"))).toBe("/project/.toolcast");
  expect(defaultDataDirectory(null, home("linux"))).toBe("/home/me/.local/share/toolcast");
  expect(defaultDataDirectory(null, home("linux", { XDG_DATA_HOME: "/data" }))).toBe("/data/toolcast");
  expect(defaultDataDirectory(null, home("darwin"))).toBe("/home/me/Library/Application Support/Toolcast");
  expect(defaultDataDirectory(null, home("win32", { LOCALAPPDATA: "/local" }))).toBe("/local/Toolcast");
});

test("the directory is accessible only to its owner, and creating it again is not an error", () => {
  const parent = mkdtempSync(join(tmpdir(), "toolcast-data-"));
  const directory = join(parent, "a", "b");
  createDataDirectory(directory);
  createDataDirectory(directory);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  rmSync(parent, { recursive: true });
});

test.skipIf(process.platform === "win32")("others can open nothing of ours, even if it existed before", () => {
  const home = mkdtempSync(join(tmpdir(), "toolcast-data-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const directory = join(home, "data");
  mkdirSync(join(directory, "media", "ab"), { recursive: true, mode: 0o755 });
  const files = ["key", "jobs.sqlite", "jobs.sqlite-wal", "console.sqlite", "media/ab/picture"];
  for (const file of [...files, "notes.txt"]) {
    writeFileSync(join(directory, file), "x", { mode: 0o644 });
  }
  chmodSync(directory, 0o755);
  const modeOf = (path: string) => (statSync(join(directory, path)).mode & 0o777).toString(8);
  createDataDirectory(directory);
  expect([".", "media", "media/ab"].map(modeOf)).toEqual(["700", "700", "700"]);
  expect(files.map(modeOf)).toEqual(files.map(() => "600"));
  // Other files there stay as they are; nobody can reach them through the closed directory.
  expect(modeOf("notes.txt")).toBe("644");

  writeFileSync(join(directory, "state.sqlite"), "x", { mode: 0o644 });
  writeFileSync(join(directory, "media/ab/second"), "x", { mode: 0o644 });
  closeToOthers(directory);
  expect(modeOf("state.sqlite")).toBe("600");
  // A closed directory is not scanned again, so a start takes no longer with many media.
  expect(modeOf("media/ab/second")).toBe("644");
});
