import type { OutputInfo } from "sharp";
import { loadSharp } from "./load-sharp.ts";
import type { Asset } from "./media.ts";
import type { MediaStore } from "./store.ts";

/** How small a preview must be. */
export interface PreviewBounds {
  /** The longest allowed side, in pixels. */
  longestSidePx: number;
  /** The largest allowed file, in bytes. */
  maxBytes: number;
}

/** A smaller encode of a still picture, for places where the original is too large. */
export interface Preview {
  bytes: Uint8Array;
  type: "image/jpeg" | "image/png";
  width: number;
  height: number;
}

/** More pixels than any vendor makes: a small file that expands to more is an attack, not a picture. */
const mostPixels = 100_000_000;
/** Tried in turn; if the last is not enough, the picture is scaled down instead. */
const qualities = [85, 70, 50];
const smallestSidePx = 64;

/**
 * The best encode within the bounds; null if the asset is not a still picture, cannot be read, or cannot be made that
 * small.
 */
export async function preview(
  asset: Asset,
  { longestSidePx, maxBytes }: PreviewBounds,
  store: Pick<MediaStore, "bytes">,
): Promise<Preview | null> {
  if (asset.kind !== "image") {
    return null;
  }
  const sharp = await loadSharp();
  try {
    const original = sharp(await store.bytes(asset), { limitInputPixels: mostPixels }).rotate();
    for (let side = longestSidePx; side >= smallestSidePx; side = Math.floor(side * 0.75)) {
      // Decoded and scaled once for each size; only the encoding is repeated.
      const { data, info } = await original
        .clone()
        .resize({ width: side, height: side, fit: "inside", withoutEnlargement: true })
        .raw()
        .toBuffer({ resolveWithObject: true });
      for (const quality of qualities) {
        const picture = await encode(data, info, quality);
        if (picture.bytes.byteLength <= maxBytes) {
          return picture;
        }
      }
    }
  } catch {
    // Bytes that look like a picture and cannot be decoded have no preview.
  }
  return null;
}

async function encode(pixels: Buffer, { width, height, channels }: OutputInfo, quality: number): Promise<Preview> {
  const sharp = await loadSharp();
  const image = sharp(pixels, { raw: { width, height, channels } });
  const isOpaque = channels === 1 || channels === 3;
  const encoded = isOpaque ? image.jpeg({ quality, mozjpeg: true }) : image.png({ palette: true, quality });
  return {
    bytes: new Uint8Array(await encoded.toBuffer()),
    type: isOpaque ? "image/jpeg" : "image/png",
    width,
    height,
  };
}
