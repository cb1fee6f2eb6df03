import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { copyLocalFile } from "./local-file.ts";

let base: string;
let folder: string;
let target: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "toolcast-local-"));
  [folder, target] = [join(base, "server"), join(base, "copy")];
  await mkdir(join(folder, "7000~secret", "photos"), { recursive: true });
  await writeFile(join(folder, "7000~secret", "photos", "one.jpg"), "bytes");
  await mkdir(join(base, "server-2"));
  await writeFile(join(base, "server-2", "private"), "not for Telegram");
});
afterEach(() => rm(base, { recursive: true }));

/** @verifies telegram.local-server */
test("a file in the server's folder is copied, even if the folder is reached through a link", async () => {
  await copyLocalFile(folder, join(folder, "7000~secret", "photos", "one.jpg"), target, 5);
  expect(await readFile(target, "utf8")).toBe("bytes");
  await symlink(folder, join(base, "here"));
  await copyLocalFile(join(base, "here"), join(folder, "7000~secret", "photos", "one.jpg"), target, 5);
});

/** @verifies telegram.local-server telegram.secrets */
test("a path that is outside, a folder, too large or missing is refused without naming it", async () => {
  await symlink(join(base, "server-2", "private"), join(folder, "link"));
  await symlink(join(base, "server-2"), join(folder, "folder"));
  const refused = [
    join(base, "server-2", "private"),
    join(folder, "..", "server-2", "private"),
    join(folder, "link"),
    join(folder, "folder", "private"),
    join(folder, "7000~secret"),
    folder,
    join(folder, "7000~secret", "photos", "none.jpg"),
    "",
  ];
  for (const path of refused) {
    const error: unknown = await copyLocalFile(folder, path, target, 1_000).catch((thrown: unknown) => thrown);
    expect(error, path).toBeInstanceOf(Error);
    expect(String(error), path).not.toContain(base);
  }
  const photo = join(folder, "7000~secret", "photos", "one.jpg");
  await expect(copyLocalFile(folder, photo, target, 4)).rejects.toThrow("too large");
});
