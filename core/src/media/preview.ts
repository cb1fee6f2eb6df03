import sharp from "sharp";
import type { Asset } from "./media.ts";
import type { MediaStore } from "./store.ts";

/** How small a preview must be. */
export interface PreviewBounds {
  /** Neither side is longer, in pixels. */
  longestSidePx: number;
  /** The file is no larger. */
  maxBytes: number;
}

/** A smaller encode of a still picture, for places the original does not fit. */
export interface Preview {
  bytes: Uint8Array;
  type: "image/jpeg" | "image/png";
  width: number;
  height: number;
}

/** More pixels than any vendor makes: a small file that unfolds to more is an attack, not a picture. */
const mostPixels = 100_000_000;
/** Tried in turn; below the last the picture gets smaller instead. */
const qualities = [85, 70, 50];
const smallestSidePx = 64;

/** The best encode within the bounds; null for what is no still picture, cannot be read, or cannot be made that small. */
export async function preview(
  asset: Asset,
  { longestSidePx, maxBytes }: PreviewBounds,
  store: Pick<MediaStore, "bytes">,
): Promise<Preview | null> {
  if (asset.kind !== "image") {
    return null;
  }
  const original = await store.bytes(asset);
  try {
    for (let side = longestSidePx; side >= smallestSidePx; side = Math.floor(side * 0.75)) {
      for (const quality of qualities) {
        const picture = await encode(original, side, quality);
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

async function encode(original: Uint8Array, side: number, quality: number): Promise<Preview> {
  const image = sharp(original, { limitInputPixels: mostPixels }).rotate();
  const { hasAlpha } = await image.metadata();
  const resized = image.resize({ width: side, height: side, fit: "inside", withoutEnlargement: true });
  const encoded = hasAlpha ? resized.png({ palette: true, quality }) : resized.jpeg({ quality, mozjpeg: true });
  const { data, info } = await encoded.toBuffer({ resolveWithObject: true });
  return {
    bytes: new Uint8Array(data),
    type: hasAlpha ? "image/png" : "image/jpeg",
    width: info.width,
    height: info.height,
  };
}
