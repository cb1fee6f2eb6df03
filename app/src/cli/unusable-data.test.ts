import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { loadSecretKey, openSqliteEngine, openState, systemClock, systemRandom } from "@toolcast/core";
import { openSqliteIdentity } from "@toolcast/core/engine";
import { asUnusablePath } from "@toolcast/core/errors";
import { createWebSurface, type WebSurfaceOptions } from "@toolcast/web";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { createInstallation } from "../../../test/runtime-fixture.ts";
import { createDataDirectory } from "../configuration/data-directory.ts";
import { commandFailure } from "./command-failure.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "toolcast-unusable-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

async function errorOf(act: () => unknown): Promise<unknown> {
  try {
    await act();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was wrong");
}

/** Supervisors do not restart after exit code 2. */
async function expectTold(act: () => unknown, path: string): Promise<void> {
  const error = await errorOf(act);
  for (const locale of ["en", "zh-CN"] as const) {
    const { exitCode, text, unexpected } = commandFailure(error, locale);
    expect({ exitCode, unexpected }).toEqual({ exitCode: 2, unexpected: undefined });
    expect(text).toContain(path);
  }
}

const stores = [
  ["jobs.sqlite", (file: string) => openSqliteEngine({ file, clock: systemClock, random: systemRandom })],
  ["state.sqlite", (file: string) => openState({ file })],
] as const;

describe.each(stores)("%s", (name, open) => {
  test.each([
    ["no database", (file: string) => writeFileSync(file, "these are notes, and not a database at all\n".repeat(100))],
    ["a folder in its place", (file: string) => mkdirSync(file)],
  ])("that is %s is named, and left as it is", async (_name, make) => {
    // @verifies understood.unusable-data
    const file = join(directory, name);
    make(file);
    const before = contentOf(file);
    await expectTold(() => open(file), file);
    expect(contentOf(file)).toBe(before);
  });
});

/** The console's file, which is opened before anything else of it. */
const openConsole = (file: string) =>
  createWebSurface({ directory: dirname(file), clock: systemClock, random: systemRandom } as WebSurfaceOptions);

describe.each([...stores, ["console.sqlite", openConsole] as const])("%s", (name, open) => {
  test.each([
    ["without a version", "CREATE TABLE invoices (amount REAL)"],
    ["with a version", "PRAGMA user_version = 1; CREATE TABLE invoices (amount REAL)"],
    ["with a version that ours may reach one day", "PRAGMA user_version = 900; CREATE TABLE invoices (amount REAL)"],
    [
      "with tables named like ours",
      "PRAGMA user_version = 3; CREATE TABLE jobs (a); CREATE TABLE entries (a); CREATE TABLE small_state (a)",
    ],
  ])("that is somebody else's database %s is named, and left as it is", async (_name, sql) => {
    // @verifies understood.unusable-data
    const file = join(directory, name);
    const foreign = new DatabaseSync(file);
    foreign.exec(sql);
    foreign.close();
    const before = contentOf(file);
    await expectTold(() => open(file), file);
    expect(contentOf(file)).toBe(before);
  });
});

test("a key of the wrong size, or a folder in its place, is named", async () => {
  // @verifies understood.unusable-data
  const file = join(directory, "key");
  writeFileSync(file, "");
  await expectTold(() => loadSecretKey(file, systemRandom), file);
  rmSync(file);
  mkdirSync(file);
  await expectTold(() => loadSecretKey(file, systemRandom), file);
});

test("a missing key is named if there is a store, and no new one is made", async () => {
  // @verifies understood.unusable-data
  const file = join(directory, "key");
  await expectTold(() => loadSecretKey(file, systemRandom, false), file);
  expect(existsSync(file)).toBe(false);
});

test("a replaced key is named, and nothing in the store is changed", async () => {
  // @verifies understood.unusable-data
  const [file, jobs, epoch] = ["key", "jobs.sqlite", "store-epoch"].map((name) => join(directory, name));
  const open = (fill: number) =>
    openSqliteIdentity({
      ...{ jobs: jobs!, epoch: epoch!, random: systemRandom },
      key: { file: file!, bytes: new Uint8Array(32).fill(fill) },
    });
  const identity = open(1);
  identity.begin();
  identity.close();
  await expectTold(() => open(2), file!);
  expect(open(1).held()).toBeNull();
});

test("a data directory below a file is named", async () => {
  // @verifies understood.unusable-data
  const file = join(directory, "file");
  writeFileSync(file, "x");
  await expectTold(() => createDataDirectory(join(file, "data")), join(file, "data"));
});

test("a media folder that is a file is named before anything begins", async () => {
  // @verifies understood.unusable-data
  const installation = await createInstallation();
  onTestFinished(() => installation[Symbol.asyncDispose]());
  writeFileSync(join(directory, "media"), "x");
  const { runtime } = await installation.open({ dataDirectory: directory, started: false });
  await expectTold(() => runtime.start(), join(directory, "media"));
});

test.each(["EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT"])(
  "%s names the path too; other faults stay faults",
  async (code) => {
    // @verifies understood.unusable-data
    const error = Object.assign(new Error(code), { code });
    await expectTold(() => Promise.reject(asUnusablePath("/data/jobs.sqlite", error)), "/data/jobs.sqlite");
    const fault = new TypeError("x is undefined");
    expect(asUnusablePath("/data/jobs.sqlite", fault)).toBe(fault);
  },
);

function contentOf(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "a folder";
  }
}
