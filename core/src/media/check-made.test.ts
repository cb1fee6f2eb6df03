import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { checkMade } from "./check-made.ts";
import { probe } from "./probe.ts";

const directory = mkdtempSync(join(tmpdir(), "toolcast-made-"));
afterAll(() => rmSync(directory, { recursive: true }));

const fixture = (name: string) => readFileSync(new URL(`../../fixtures/${name}`, import.meta.url));

async function made(bytes: Uint8Array): Promise<void> {
  const path = join(directory, "made.bin");
  writeFileSync(path, bytes);
  await checkMade(path, await probe(path));
}

describe("what a vendor made", () => {
  const wave = fixture("tone.wav");
  const dataAt = wave.indexOf("data") + 4;

  it.each([
    ["a whole WAV", wave],
    [
      "a WAV from a stream",
      Buffer.from(wave)
        .fill(0, 4, 8)
        .fill(0, dataAt, dataAt + 4),
    ],
    ["an MP3 that begins within a frame", fixture("mp3-starts-mid-frame-8s.mp3")],
    ["an MP4 with samples in its index and in fragments", fixture("hybrid-moov-samples-12s.mp4")],
  ])("is taken: %s", async (_name, bytes) => {
    await expect(made(bytes)).resolves.toBeUndefined();
  });

  it.each([
    ["a WAV that breaks off", wave.subarray(0, 6000)],
    ["a WAV without sound", wave.subarray(0, dataAt + 4)],
    ["an MP4 that breaks off", fixture("avc.mp4").subarray(0, -300)],
  ])("is not taken for whole: %s", async (_name, bytes) => {
    await expect(made(bytes)).rejects.toMatchObject({ failure: { sentence: { key: "media.unreadable" } } });
  });
});
