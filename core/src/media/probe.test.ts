import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { probe } from "./probe.ts";

const fixture = (name: string) => new URL(`../../fixtures/${name}`, import.meta.url).pathname;
const directory = mkdtempSync(join(tmpdir(), "toolcast-probe-"));
afterAll(() => rmSync(directory, { recursive: true }));

function file(bytes: Uint8Array | string): string {
  const path = join(directory, "medium.bin");
  writeFileSync(path, bytes);
  return path;
}

describe("probe", () => {
  it.each([
    ["avc.mp4", "video", "video/mp4", "mp4", "avc", 2000, 64, 48, 5, undefined],
    ["hevc.mp4", "video", "video/mp4", "mp4", "hevc", 1000, 64, 48, 5, undefined],
    ["avc.mov", "video", "video/quicktime", "mov", "avc", 1000, 64, 48, 5, undefined],
    ["rotated.mov", "video", "video/quicktime", "mov", "avc", 1000, 48, 64, 5, undefined],
    ["vp9.webm", "video", "video/webm", "webm", "vp9", 1000, 64, 48, 5, undefined],
    ["tone.wav", "audio", "audio/wav", "wav", "pcm-u8", 1500, undefined, undefined, undefined, 8000],
    ["tone.mp3", "audio", "audio/mpeg", "mp3", "mp3", 1584, undefined, undefined, undefined, 16_000],
    ["tone.m4a", "audio", "audio/mp4", "m4a", "aac", 1500, undefined, undefined, undefined, 16_000],
    ["sound-only.mp4", "audio", "audio/mp4", "m4a", "aac", 1500, undefined, undefined, undefined, 16_000],
    ["tone.ogg", "audio", "audio/ogg", "ogg", "vorbis", 1500, undefined, undefined, undefined, 16_000],
    ["picture.png", "image", "image/png", "png", undefined, undefined, 40, 30, undefined, undefined],
    ["picture.jpg", "image", "image/jpeg", "jpg", undefined, undefined, 40, 30, undefined, undefined],
    ["picture.gif", "image", "image/gif", "gif", undefined, undefined, 40, 30, undefined, undefined],
    ["lossy.webp", "image", "image/webp", "webp", undefined, undefined, 40, 30, undefined, undefined],
    ["lossless.webp", "image", "image/webp", "webp", undefined, undefined, 40, 30, undefined, undefined],
  ])(
    "reads %s",
    async (name, kind, type, extension, codec, durationMs, width, height, framesPerSecond, sampleRateHz) => {
      const bytes = readFileSync(fixture(name));
      // The name says nothing: only content counts.
      expect(await probe(file(bytes))).toEqual({
        kind,
        type,
        extension,
        bytes: bytes.length,
        ...(codec && { codec }),
        ...(durationMs && { durationMs }),
        ...(width && { width, height }),
        ...(framesPerSecond && { framesPerSecond }),
        ...(sampleRateHz && { sampleRateHz }),
      });
    },
  );

  it("names a codec nobody knows as the file does, and prints nothing about it", async () => {
    const printed = (["log", "info", "warn", "error"] as const).map((name) => vi.spyOn(console, name));
    const mp4 = readFileSync(fixture("avc.mp4"));
    mp4.write("zzzz", mp4.indexOf("avc1", mp4.indexOf("stsd")), "latin1");
    expect(await probe(file(mp4))).toMatchObject({ kind: "video", extension: "mp4", codec: "zzzz", durationMs: 2000 });
    for (const spy of printed) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
  });

  it("turns a picture as Exif says", async () => {
    const jpeg = readFileSync(fixture("picture.jpg"));
    for (const [little, orientation] of [
      [true, 6],
      [false, 8],
      [true, 3],
    ] as const) {
      const turned = Buffer.concat([jpeg.subarray(0, 2), exif(little, orientation), jpeg.subarray(2)]);
      const expected = orientation >= 5 ? { width: 30, height: 40 } : { width: 40, height: 30 };
      expect(await probe(file(turned))).toMatchObject(expected);
    }
  });

  it("reads the canvas of an extended WebP", async () => {
    const header = Buffer.alloc(30);
    header.write("RIFF", 0, "latin1");
    header.write("WEBPVP8X", 8, "latin1");
    header.writeUIntLE(4999, 24, 3);
    header.writeUIntLE(299, 27, 3);
    expect(await probe(file(header))).toMatchObject({ width: 5000, height: 300 });
  });

  it.each([
    ["avi", Buffer.from("RIFF\0\0\0\0AVI LIST", "latin1")],
    ["amr", Buffer.from("#!AMR\n\0\0\0\0", "latin1")],
  ])("says of %s what can be read instead", async (actual, bytes) => {
    await expect(probe(file(bytes))).rejects.toMatchObject({
      failure: { kind: "usage", sentence: { key: "media.not-read", values: { actual } } },
    });
  });

  it.each([
    ["nothing", ""],
    ["text", "just words"],
    ["a web page", "<!doctype html><html></html>"],
    ["a drawing that can hold scripts", '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'],
    ["a document", "%PDF-1.7 and so on, with some bytes after it"],
    ["a playlist that names a file", "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n/etc/passwd\n#EXT-X-ENDLIST\n"],
    ["a PNG cut in its header", readFileSync(fixture("picture.png")).subarray(0, 20)],
    ["a JPEG cut before its size", readFileSync(fixture("picture.jpg")).subarray(0, 30)],
    ["an MP4 cut in its index", readFileSync(fixture("avc.mp4")).subarray(0, 300)],
    ["an MP4 whose index is nonsense", readFileSync(fixture("avc.mp4")).fill(0xab, 40)],
    ["an MP3 without a frame", Buffer.from([0x49, 0x44, 0x33, 3, 0, 0, 0, 0, 0, 0, 0, 0])],
  ])("refuses %s", async (_name, bytes) => {
    await expect(probe(file(bytes))).rejects.toMatchObject({
      failure: { kind: "usage", sentence: { key: "media.unreadable" }, charged: "no" },
    });
  });
});

function exif(little: boolean, orientation: number): Buffer {
  const tiff = Buffer.alloc(26);
  const write16 = (value: number, at: number) =>
    little ? tiff.writeUInt16LE(value, at) : tiff.writeUInt16BE(value, at);
  const write32 = (value: number, at: number) =>
    little ? tiff.writeUInt32LE(value, at) : tiff.writeUInt32BE(value, at);
  tiff.write(little ? "II" : "MM", 0, "latin1");
  write16(42, 2);
  write32(8, 4);
  write16(1, 8);
  write16(0x0112, 10);
  write16(3, 12);
  write32(1, 14);
  write16(orientation, 18);
  const segment = Buffer.concat([Buffer.from([0xff, 0xe1, 0, 0]), Buffer.from("Exif\0\0", "latin1"), tiff]);
  segment.writeUInt16BE(segment.length - 2, 2);
  return segment;
}
