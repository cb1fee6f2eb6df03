import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createDataDirectory, defaultDataDirectory } from "./data-directory.ts";

const home = (platform: NodeJS.Platform, environment: Record<string, string> = {}) => ({
  platform,
  homeDirectory: "/home/me",
  environment,
});

test("data lies beside the configuration, else in the user's data folder of the system", () => {
  expect(defaultDataDirectory("/project", home("linux"))).toBe("/project/.toolcast");
  expect(defaultDataDirectory(null, home("linux"))).toBe("/home/me/.local/share/toolcast");
  expect(defaultDataDirectory(null, home("linux", { XDG_DATA_HOME: "/data" }))).toBe("/data/toolcast");
  expect(defaultDataDirectory(null, home("darwin"))).toBe("/home/me/Library/Application Support/Toolcast");
  expect(defaultDataDirectory(null, home("win32", { LOCALAPPDATA: "/local" }))).toBe("/local/Toolcast");
});

test("the directory is its owner's alone, and making it again is no error", () => {
  const parent = mkdtempSync(join(tmpdir(), "toolcast-data-"));
  const directory = join(parent, "a", "b");
  createDataDirectory(directory);
  createDataDirectory(directory);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  rmSync(parent, { recursive: true });
});
