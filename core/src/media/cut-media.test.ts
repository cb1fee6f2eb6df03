import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkMade } from "./check-made.ts";
import { probe } from "./probe.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "toolcast-made-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const movie = readFileSync(new URL("../../fixtures/avc.mp4", import.meta.url));
/** The index comes before this: even if everything after it is missing, the file opens. */
const samplesAt = movie.indexOf("mdat") + 4;

test.each([
  ["all samples", samplesAt],
  ["half of them", Math.round((samplesAt + movie.length) / 2)],
  ["the last byte", movie.length - 1],
])("an MP4 that opens but lacks %s is refused", async (_name, length) => {
  const path = join(directory, "made.mp4");
  writeFileSync(path, movie.subarray(0, length));
  const facts = await probe(path);
  expect(facts).toMatchObject({ kind: "video", extension: "mp4" });
  await expect(checkMade(path, facts, ["video"])).rejects.toMatchObject({
    failure: { sentence: { key: "media.unreadable" } },
  });
});

test("the complete MP4 is accepted", async () => {
  const path = join(directory, "made.mp4");
  writeFileSync(path, movie);
  await checkMade(path, await probe(path), ["video"]);
});
