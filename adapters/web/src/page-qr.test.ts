import decodeQR from "qr/decode.js";
import { expect, it } from "vitest";
import { qrPath } from "../page/qr-path.ts";

const pixelsPerModule = 4;

it("draws a code that reads as the link it was made from", () => {
  const link = "http://192.168.1.20:3000/u/lIhN7hvEEZ_IgC68GxSY-w";
  const { side, path } = qrPath(link);
  const width = side * pixelsPerModule;
  const data = new Uint8ClampedArray(width * width * 4).fill(255);
  for (const [, x, y] of path.matchAll(/M(\d+) (\d+)h1v1h-1z/g)) {
    for (let pixel = 0; pixel < pixelsPerModule ** 2; pixel += 1) {
      const column = Number(x) * pixelsPerModule + (pixel % pixelsPerModule);
      const row = Number(y) * pixelsPerModule + Math.floor(pixel / pixelsPerModule);
      data.fill(0, (row * width + column) * 4, (row * width + column) * 4 + 3);
    }
  }
  expect(decodeQR({ width, height: width, data })).toBe(link);
});
