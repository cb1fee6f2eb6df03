import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { fontFamily, readFont } from "./font.ts";

type Render = <Result>(svg: string, read: (image: { asPng(): Uint8Array; pixels: Uint8Array }) => Result) => Result;
let loaded: Promise<Render> | undefined;

/** The drawing as a PNG file. */
export async function renderPng(svg: string): Promise<Buffer> {
  loaded ??= loadRenderer();
  return (await loaded)(svg, (image) => Buffer.from(image.asPng()));
}

/** The drawing's pixels, row by row, each as red, green, blue and alpha. */
export async function renderPixels(svg: string): Promise<Uint8Array> {
  loaded ??= loadRenderer();
  return (await loaded)(svg, (image) => Uint8Array.from(image.pixels));
}

/** Renderer and font are four megabytes, so they are loaded at the first drawing and then kept. */
async function loadRenderer(): Promise<Render> {
  const { initWasm, Resvg } = await import("@resvg/resvg-wasm");
  const [program, font] = await Promise.all([
    readFile(fileURLToPath(import.meta.resolve("@resvg/resvg-wasm/index_bg.wasm"))),
    readFont(),
  ]);
  await initWasm(program);
  return (svg, read) => {
    const drawing = new Resvg(svg, { font: { fontBuffers: [font], defaultFontFamily: fontFamily } });
    const image = drawing.render();
    try {
      return read(image);
    } finally {
      image.free();
      drawing.free();
    }
  };
}
