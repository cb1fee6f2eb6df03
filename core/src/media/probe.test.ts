import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import sharp from "sharp";
import { afterAll, describe, expect, it, vi } from "vitest";
import { ToolcastError } from "../errors/errors.ts";
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
      // The file name does not count, only the content.
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

  it("names an unknown codec as the file does, and prints nothing about it", async () => {
    const printed = (["log", "info", "warn", "error"] as const).map((name) => vi.spyOn(console, name));
    const mp4 = readFileSync(fixture("avc.mp4"));
    mp4.write("zzzz", mp4.indexOf("avc1", mp4.indexOf("stsd")), "latin1");
    expect(await probe(file(mp4))).toMatchObject({ kind: "video", extension: "mp4", codec: "zzzz", durationMs: 2000 });
    for (const spy of printed) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
  });

  it("rotates a picture as Exif says", async () => {
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
    const overlay = { input: { create: { width: 9, height: 9, channels: 4, background: "#ff000080" } } } as const;
    const canvas = sharp({ create: { width: 5000, height: 300, channels: 4, background: "#00000000" } });
    const webp = await canvas
      .composite([overlay])
      .webp()
      .keepExif()
      .withExif({ IFD0: { Artist: "a" } })
      .toBuffer();
    expect(webp.toString("latin1", 12, 16)).toBe("VP8X");
    expect(await probe(file(webp))).toMatchObject({ width: 5000, height: 300 });
  });

  it("reads a size beyond every limit, so that the refusal can name it", async () => {
    const bytes = readFileSync(fixture("picture.png"));
    bytes.writeUInt32BE(60_000, 16);
    bytes.writeUInt32BE(50_000, 20);
    bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29);
    expect(await probe(file(bytes))).toMatchObject({ width: 60_000, height: 50_000 });
  });

  it.each(["tiff", "avif"] as const)("reads the size of %s, which some vendors accept", async (format) => {
    const picture = sharp({ create: { width: 80, height: 60, channels: 3, background: "#123456" } });
    expect(await probe(file(await picture.toFormat(format).toBuffer()))).toMatchObject({ width: 80, height: 60 });
  });

  it.each([
    ["stored from below", 40, [40, 0, 0, 0, 30, 0, 0, 0]],
    ["stored from above", 40, [40, 0, 0, 0, 0xe2, 0xff, 0xff, 0xff]],
    ["of OS/2", 12, [40, 0, 30, 0]],
  ])("reads the size of a BMP %s", async (_name, headerBytes, size) => {
    const bmp = Buffer.alloc(200);
    bmp.write("BM", 0, "latin1");
    bmp.writeUInt32LE(200, 2);
    bmp.writeUInt32LE(headerBytes, 14);
    bmp.set(size, 18);
    expect(await probe(file(bmp))).toMatchObject({ extension: "bmp", width: 40, height: 30 });
  });

  // Recorders put the first samples into the index and the rest into fragments.
  it("reads the whole length of an MP4 with samples both in its index and in fragments", async () => {
    const hybrid = readFileSync(fixture("hybrid-moov-samples-12s.mp4"));
    expect(await probe(file(hybrid))).toMatchObject({ extension: "mp4", codec: "avc", durationMs: 12_080 });
  });

  describe("WAV that does not state its length", () => {
    const tone = readFileSync(fixture("tone.wav"));
    const dataAt = tone.indexOf("data") + 4;
    const changed = (change: (wav: Buffer) => void) => {
      const wav = Buffer.from(tone);
      change(wav);
      return wav;
    };
    /** The same sound in the format for large files, whose first chunk contains the lengths. */
    const large = (name: string, dataBytes: number) => {
      const lengths = Buffer.alloc(36);
      lengths.write("ds64", 0, "latin1");
      lengths.writeUInt32LE(28, 4);
      lengths.writeBigUInt64LE(BigInt(tone.length + 28), 8);
      lengths.writeBigUInt64LE(BigInt(dataBytes), 16);
      const wav = changed((bytes) => {
        bytes.write(name, 0, "latin1");
        bytes.writeUInt32LE(0xffff_ffff, 4);
        bytes.writeUInt32LE(0xffff_ffff, dataAt);
      });
      return Buffer.concat([wav.subarray(0, 12), lengths, wav.subarray(12)]);
    };
    const dataBytes = tone.readUInt32LE(dataAt);

    it.each([
      ["both lengths 0", changed((wav) => wav.fill(0, 4, 8).fill(0, dataAt, dataAt + 4))],
      ["only its own length 0", changed((wav) => wav.fill(0, 4, 8))],
      ["both lengths the largest", changed((wav) => wav.fill(0xff, 4, 8).fill(0xff, dataAt, dataAt + 4))],
      ["RF64", large("RF64", dataBytes)],
      ["BW64", large("BW64", dataBytes)],
      ["RF64 without lengths", large("RF64", 0)],
      ["only the sound's length 0", changed((wav) => wav.fill(0, dataAt, dataAt + 4))],
    ])("%s", async (_name, wav) => {
      const { bytes: _bytes, ...facts } = await probe(file(wav));
      expect(facts).toEqual({
        ...{ kind: "audio", type: "audio/wav", extension: "wav", codec: "pcm-u8" },
        ...{ durationMs: 1500, sampleRateHz: 8000 },
      });
    });

    it("has no length if the sound is empty and another chunk follows", async () => {
      const list = Buffer.from("LIST\x04\0\0\0INFO", "latin1");
      const empty = Buffer.concat([changed((wav) => wav.fill(0, dataAt, dataAt + 4)).subarray(0, dataAt + 4), list]);
      expect(await probe(file(empty))).not.toHaveProperty("durationMs");
    });

    it("may leave out the byte that makes the length of the chunk before it even", async () => {
      const note = Buffer.from("note\x03\0\0\0abc", "latin1");
      const unpadded = Buffer.concat([tone.subarray(0, dataAt - 4), note, tone.subarray(dataAt - 4)]);
      expect(await probe(file(unpadded))).toMatchObject({ extension: "wav", durationMs: 1500 });
    });

    it.each([
      [2, "Microsoft ADPCM"],
      [17, "IMA ADPCM"],
      [49, "GSM 6.10"],
      [85, "MP3"],
      [0x2000, "AC-3"],
      [0xf1ac, "FLAC"],
      [0x4321, "0x4321"],
    ])("is refused by its coding when that is %i", async (tag, actual) => {
      const coded = changed((wav) => wav.writeUInt16LE(tag, 20));
      await expect(probe(file(coded))).rejects.toMatchObject({
        failure: { kind: "usage", sentence: { key: "media.coding", values: { actual } } },
      });
    });

    it("is never taken for something else, whatever its headers contain", async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.tuple(fc.nat(dataAt + 3), fc.nat(255)), { maxLength: 6 }), async (changes) => {
          const bytes = changed((wav) => {
            for (const [at, byte] of changes.filter(([at]) => at >= 12)) {
              wav[at] = byte;
            }
          });
          const facts = await probe(file(bytes)).catch((error: unknown) => error);
          expect(
            ToolcastError.isInstance(facts)
              ? ["media.coding", "media.unreadable"].includes((facts.failure.sentence as { key: string }).key)
              : (facts as { extension: string }).extension === "wav",
          ).toBe(true);
        }),
      );
    });
  });

  describe("sound that does not start with a frame", () => {
    it.each(["mp3-starts-mid-frame-8s.mp3", "mp3-id3-length-short-8s.mp3"])("%s", async (name) => {
      const facts = await probe(file(readFileSync(fixture(name))));
      expect(facts).toMatchObject({ kind: "audio", type: "audio/mpeg", extension: "mp3", codec: "mp3" });
      expect(Math.abs((facts.durationMs ?? 0) - 8000)).toBeLessThan(60);
    });

    it("MP3 after arbitrary bytes has the same length as without them", async () => {
      const tone = readFileSync(fixture("tone.mp3"));
      const frames = tone.subarray(tone.indexOf(Buffer.from([0xff, 0xf3])));
      const alone = await probe(file(frames));
      const tag = (declared: number) => Buffer.from([0x49, 0x44, 0x33, 3, 0, 0, 0, 0, declared >> 7, declared & 0x7f]);
      const before = fc.oneof(
        fc.nat(70_000).map((count) => Buffer.alloc(count)),
        fc.uint8Array({ minLength: 1, maxLength: 2000 }).map((bytes) => Buffer.from(bytes)),
        fc
          .tuple(fc.nat(3000), fc.nat(3000))
          .map(([said, more]) => Buffer.concat([tag(said), Buffer.alloc(said + more)])),
      );
      await fc.assert(
        fc.asyncProperty(before, async (junk) => {
          const facts = await probe(file(Buffer.concat([junk, frames]))).catch((error: ToolcastError) => error);
          // Random bytes may look like another kind of file, but nothing here is damaged.
          if (ToolcastError.isInstance(facts)) {
            expect(facts.failure.sentence).not.toMatchObject({ key: "media.unreadable" });
          } else if (facts.kind === "audio") {
            expect(Math.abs((facts.durationMs ?? 0) - (alone.durationMs ?? 0))).toBeLessThan(120);
          }
        }),
        { numRuns: 60 },
      );
    });
  });

  it.each([
    ["jp2", readFileSync(fixture("picture.jp2"))],
    ["psd", Buffer.from("8BPS\0\x01\0\0\0\0\0\0\0\x03", "latin1")],
    ["ico", Buffer.from([0, 0, 1, 0, 1, 0, 16, 16, 0, 0, 1, 0, 32, 0])],
    ["svg", Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ["svg", Buffer.from('<?xml version="1.0"?>\n<!-- a -->\n<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ["svg", Buffer.from('<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "b">]><svg/>')],
  ])("says of a picture of the kind %s which can be read", async (actual, bytes) => {
    await expect(probe(file(bytes))).rejects.toMatchObject({
      failure: { kind: "usage", sentence: { key: "media.picture-not-read", values: { actual } } },
    });
  });

  it.each([
    ["avi", Buffer.from("RIFF\0\0\0\0AVI LIST", "latin1")],
    ["amr", Buffer.from("#!AMR\n\0\0\0\0", "latin1")],
    ["asf", Buffer.from("3026b2758e66cf11a6d900aa0062ce6c", "hex")],
  ])("says of %s what can be read instead", async (actual, bytes) => {
    await expect(probe(file(bytes))).rejects.toMatchObject({
      failure: { kind: "usage", sentence: { key: "media.not-read", values: { actual } } },
    });
  });

  it.each([
    ["nothing", ""],
    ["text", "just words"],
    ["a web page", "<!doctype html><html></html>"],
    ["a web page with a drawing", "<!doctype html><html><body><svg></svg></body></html>"],
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

it("names the kind of a file that is not a medium", async () => {
  await expect(probe(file("%PDF-1.7 and so on, with some bytes after it"))).rejects.toMatchObject({
    failure: { kind: "usage", sentence: { key: "media.no-medium", values: { actual: "pdf" } } },
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
