import { renderPixels } from "./svg-renderer.ts";

export type ColorName =
  | "black"
  | "white"
  | "grey"
  | "red"
  | "orange"
  | "brown"
  | "yellow"
  | "green"
  | "cyan"
  | "blue"
  | "purple"
  | "pink";

export interface PictureColors {
  /** Shares of the picture from 0 to 1, the largest first; together 1. */
  shares: { name: ColorName; share: number }[];
  /** From 0 (black) to 1 (white). */
  brightness: number;
}

/** The picture is analysed at this width and height in pixels. */
const side = 48;

/** The colours of a PNG or JPEG; `undefined` when it cannot be drawn. */
export async function pictureColors(bytes: Buffer, format: "png" | "jpeg"): Promise<PictureColors | undefined> {
  const address = `data:image/${format};base64,${bytes.toString("base64")}`;
  const pixels = await renderPixels(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}"><image href="${address}" width="${side}" height="${side}" preserveAspectRatio="none"/></svg>`,
  );
  const counts = new Map<ColorName, number>();
  let seen = 0;
  let light = 0;
  for (let at = 0; at < pixels.length; at += 4) {
    const [red, green, blue, alpha] = pixels.subarray(at, at + 4) as unknown as [number, number, number, number];
    if (alpha < 128) continue;
    seen += 1;
    light += (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
    const name = nameOf(red, green, blue);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  if (seen === 0) return undefined;
  const shares = [...counts]
    .map(([name, count]) => ({ name, share: count / seen }))
    .sort((left, right) => right.share - left.share);
  return { shares, brightness: light / seen };
}

function nameOf(red: number, green: number, blue: number): ColorName {
  const [highest, lowest] = [Math.max(red, green, blue), Math.min(red, green, blue)];
  const lightness = (highest + lowest) / 510;
  const chroma = (highest - lowest) / 255;
  if (lightness < 0.1) return "black";
  if (chroma < 0.1) return lightness > 0.9 ? "white" : "grey";
  const hue = hueOf(red, green, blue, highest, highest - lowest);
  if (hue < 15 || hue >= 345) return lightness > 0.75 ? "pink" : "red";
  if (hue < 45) return lightness < 0.4 ? "brown" : "orange";
  if (hue < 70) return "yellow";
  if (hue < 160) return "green";
  if (hue < 195) return "cyan";
  if (hue < 255) return "blue";
  return hue < 300 ? "purple" : "pink";
}

function hueOf(red: number, green: number, blue: number, highest: number, span: number): number {
  const sixth =
    highest === red
      ? ((green - blue) / span + 6) % 6
      : highest === green
        ? (blue - red) / span + 2
        : (red - green) / span + 4;
  return sixth * 60;
}
