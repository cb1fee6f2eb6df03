import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { probe } from "./probe.ts";

const directory = mkdtempSync(join(tmpdir(), "toolcast-signatures-"));
afterAll(() => rmSync(directory, { recursive: true }));

const rest = "\0".repeat(200);

/** Probes a file with these bytes, one character a byte. */
function probed(text: string) {
  const path = join(directory, "medium.bin");
  writeFileSync(path, text + rest, "latin1");
  return probe(path);
}

describe("a file that is not read here", () => {
  it.each([
    ["au", ".snd\0\0\0\x18"],
    ["silk", "#!SILK_V3"],
    ["silk", "\x02#!SILK_V3"],
    ["tta", "TTA1\x01"],
    ["adif", "ADIF"],
    ["ivf", "DKIF\0\0\x20\0VP80"],
    ["y4m", "YUV4MPEG2 W64 H48 F25:1\n"],
    ["h264", "\0\0\0\x01\x67\x64\0\x28"],
    ["h265", "\0\0\0\x01\x40\x01\x0c\x01"],
    ["rifx", "RIFX\0\0\0\0WAVEfmt "],
    ["w64", "riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\0\0"],
  ])("is named, not called damaged, if it is a recording: %s", async (actual, bytes) => {
    await expect(probed(bytes)).rejects.toMatchObject({
      failure: { kind: "usage", sentence: { key: "media.not-read", values: { actual } } },
    });
  });

  it.each([
    ["dds", "DDS |\0\0\0"],
    ["exr", "v/1\x01\x02\0\0\0"],
    ["hdr", "#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n"],
    ["qoi", "qoif\0\0\0\x04"],
    ["pbm", "P1\n# made by hand\n2 2\n"],
    ["pgm", "P5 4 4 255\n"],
    ["ppm", "P6\n4 4\n255\n"],
    ["pam", "P7\nWIDTH 4\n"],
    ["pcx", "\n\x05\x01\x08"],
    ["sgi", "\x01\xda\x01\x01\0\x03"],
    ["wmf", "\xd7\xcd\xc6\x9a"],
    ["emf", `\x01\0\0\0\x6c\0\0\0${"\0".repeat(32)} EMF`],
    ["xpm", "/* XPM */\nstatic char * a[] = {"],
    ["xbm", "#define a_width 8\n#define a_height 1\n"],
    ["djvu", "AT&TFORM\0\0\0\x20DJVU"],
    ["svg", `<!--${"x".repeat(6000)}--><svg/>`],
    ["svg", Buffer.from('\ufeff<?xml version="1.0"?><svg/>', "utf16le").swap16().toString("latin1")],
    ["svg", '<?xml version="1.0"?><?xml-stylesheet href="a>b.css"?><svg/>'],
  ])("is named, not called damaged, if it is a picture: %s", async (actual, bytes) => {
    await expect(probed(bytes)).rejects.toMatchObject({
      failure: { kind: "usage", sentence: { key: "media.picture-not-read", values: { actual } } },
    });
  });
});
