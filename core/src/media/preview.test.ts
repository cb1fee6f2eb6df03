import { readFileSync } from "node:fs";
import { crc32 } from "node:zlib";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import type { Asset } from "./media.ts";
import { preview } from "./preview.ts";

const storeOf = (bytes: Uint8Array) => ({ bytes: async () => bytes });
const asset = (kind: Asset["kind"]) => ({ kind }) as Asset;
const noise = (channels: 3 | 4) => {
  const [width, height] = [600, 400];
  const pixels = Uint8Array.from({ length: width * height * channels }, (_, index) => (index * 7_919) % 251);
  return sharp(pixels, { raw: { width, height, channels } }).png().toBuffer();
};

describe("preview", { timeout: 30_000 }, () => {
  // @verifies delivered.too-large
  it.each([3, 4] as const)("keeps the aspect ratio within both limits (%s channels)", async (channels) => {
    const small = await preview(
      asset("image"),
      { longestSidePx: 300, maxBytes: 20_000 },
      storeOf(await noise(channels)),
    );
    expect(small?.type).toBe(channels === 4 ? "image/png" : "image/jpeg");
    expect(small?.bytes.byteLength).toBeLessThanOrEqual(20_000);
    expect(Math.max(small?.width ?? 0, small?.height ?? 0)).toBeLessThanOrEqual(300);
    expect((small?.width ?? 0) / (small?.height ?? 1)).toBeCloseTo(1.5, 1);
    const { format } = await sharp(small?.bytes).metadata();
    expect(`image/${format}`).toBe(small?.type);
  });

  it("never enlarges", async () => {
    const bytes = new Uint8Array(readFileSync(new URL("../../fixtures/picture.png", import.meta.url)));
    const { width } = await sharp(bytes).metadata();
    const small = await preview(asset("image"), { longestSidePx: 4_000, maxBytes: 10_000_000 }, storeOf(bytes));
    expect(small?.width).toBe(width);
  });

  it("does not exist for recordings, for undecodable files, or if no encode is small enough", async () => {
    const bounds = { longestSidePx: 512, maxBytes: 60_000 };
    expect(await preview(asset("video"), bounds, storeOf(new Uint8Array(9)))).toBeNull();
    expect(await preview(asset("image"), bounds, storeOf(new Uint8Array(9)))).toBeNull();
    expect(await preview(asset("image"), { ...bounds, maxBytes: 10 }, storeOf(await noise(3)))).toBeNull();
  });

  // @verifies safe.body-caps
  it("a small file that expands to very many pixels is not decoded", async () => {
    const bomb = Buffer.from(readFileSync(new URL("../../fixtures/picture.png", import.meta.url)));
    // The sides are in the header, right after its name; the checksum follows.
    bomb.writeUInt32BE(40_000, 16);
    bomb.writeUInt32BE(40_000, 20);
    bomb.writeUInt32BE(crc32(bomb.subarray(12, 29)), 29);
    expect(await preview(asset("image"), { longestSidePx: 512, maxBytes: 60_000 }, storeOf(bomb))).toBeNull();
  });
});
