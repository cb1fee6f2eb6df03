import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { saveMedia } from "./save-media.ts";

let directory: string;
let store: Parameters<typeof saveMedia>[0];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "toolcast-save-"));
  const stored = join(directory, "stored");
  writeFileSync(stored, "bytes", { mode: 0o600 });
  store = { read: async (id) => (id === "gone" ? null : ({ id } as never)), localPath: async () => stored };
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const picture = (name = "picture.png", assetId = "asset_1") => ({ assetId, name });

test("into a directory, under the stored name", async () => {
  expect(await saveMedia(store, [picture()], directory)).toEqual([join(directory, "picture.png")]);
  expect(readFileSync(join(directory, "picture.png"), "utf8")).toBe("bytes");
});

test("a path that ends in a separator is a directory, created if it does not exist", async () => {
  expect(await saveMedia(store, [picture()], `${directory}/new/deep/`)).toEqual([
    join(directory, "new/deep/picture.png"),
  ]);
});

test("any other path is a file name", async () => {
  expect(await saveMedia(store, [picture()], join(directory, "mine.png"))).toEqual([join(directory, "mine.png")]);
});

test("the speech of a video is not saved under the name of a video", async () => {
  const paths = await saveMedia(store, [picture("speech.wav"), picture("video.mp4")], join(directory, "me.mov"));
  expect(paths).toEqual([join(directory, "me.wav"), join(directory, "me.mov")]);
});

test("nothing is overwritten", async () => {
  writeFileSync(join(directory, "picture.png"), "older");
  const paths = await saveMedia(store, [picture(), picture()], directory);
  expect(paths).toEqual([join(directory, "picture-2.png"), join(directory, "picture-3.png")]);
  expect(readFileSync(join(directory, "picture.png"), "utf8")).toBe("older");
});

test("a name cannot leave the directory", async () => {
  mkdirSync(join(directory, "out"));
  const [path] = await saveMedia(store, [picture("../../evil.png")], join(directory, "out"));
  expect(path).toBe(join(directory, "out", "__.._evil.png"));
  expect(existsSync(join(directory, "evil.png"))).toBe(false);
});

test("if nothing can be written there, the sentence says how to save it elsewhere", async () => {
  const file = join(directory, "file");
  writeFileSync(file, "");
  await expect(saveMedia(store, [picture()], join(file, "below/"))).rejects.toMatchObject({
    failure: { kind: "usage", field: "out" },
  });
});

test.each([
  ["its record", "gone"],
  ["its file", "lost"],
])("a medium of which %s is gone is said to be gone, and leaves no file", async (_what, id) => {
  const { localPath } = store;
  store.localPath = async (asset) => (asset.id === "lost" ? join(directory, "lost") : localPath(asset));
  await expect(saveMedia(store, [picture("a.png", id)], directory)).rejects.toMatchObject({
    failure: { kind: "usage", sentence: { en: expect.stringMatching(/^a\.png is no longer stored/) } },
  });
  expect(existsSync(join(directory, "a.png"))).toBe(false);
});
