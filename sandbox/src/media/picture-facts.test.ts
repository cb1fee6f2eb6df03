import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { drawPicture } from "./picture.ts";
import { pictureColors } from "./picture-colors.ts";
import { pictureFacts } from "./picture-facts.ts";
import { renderPng } from "./svg-renderer.ts";

/** One red pixel row of 2 by 1, as the smallest files of their kind. */
const jpeg =
  "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJDRENDg8QEBEQCgwSExIQEw8QEBD/wAALCAABAAIBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAA//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AR//Z";

function bytes(length: number, write: (file: Buffer) => void): Buffer {
  const file = Buffer.alloc(length);
  write(file);
  return file;
}

const bmp = bytes(30, (file) => {
  file.write("BM");
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(7, 18);
  file.writeInt32LE(-9, 22);
});
const webp = (kind: string, write: (file: Buffer) => void) =>
  bytes(32, (file) => {
    file.write("RIFF", 0);
    file.write("WEBP", 8);
    file.write(kind, 12);
    write(file);
  });

test.each([
  ["jpeg", Buffer.from(jpeg, "base64"), { format: "jpeg", width: 2, height: 1 }],
  ["bmp from the top", bmp, { format: "bmp", width: 7, height: 9 }],
  [
    "webp, lossy",
    webp("VP8 ", (file) => {
      file.writeUInt16LE(300, 26);
      file.writeUInt16LE(200, 28);
    }),
    { format: "webp", width: 300, height: 200 },
  ],
  [
    "webp, lossless",
    webp("VP8L", (file) => file.writeUInt32LE(299 | (199 << 14), 21)),
    { format: "webp", width: 300, height: 200 },
  ],
  [
    "webp, extended",
    webp("VP8X", (file) => {
      file.writeUIntLE(299, 24, 3);
      file.writeUIntLE(199, 27, 3);
    }),
    { format: "webp", width: 300, height: 200 },
  ],
  ["a text", Buffer.from("just some words, and a few more of them"), undefined],
  ["nothing", Buffer.alloc(0), undefined],
  ["a jpeg cut short", Buffer.from(jpeg, "base64").subarray(0, 90), undefined],
] as const)("reads the size of %s", (_name, file, facts) => {
  expect(pictureFacts(file)).toEqual(facts);
});

test("reads a picture of our own, and a different seed gives a different one", async () => {
  const [one, two] = [
    await drawPicture({ prompt: "a", width: 64, height: 48, seed: 1 }),
    await drawPicture({ prompt: "a", width: 64, height: 48, seed: 2 }),
  ];
  expect(pictureFacts(one)).toEqual({ format: "png", width: 64, height: 48 });
  expect(two.equals(one)).toBe(false);
  expect(pictureFacts(await readFile(new URL("../../assets/loop.mp4", import.meta.url)))).toBeUndefined();
});

test.each([
  ["#000", "black", 0],
  ["#fff", "white", 1],
  ["#888", "grey", 0.53],
  ["#d00", "red", 0.18],
  ["#f80", "orange", 0.59],
  ["#641", "brown", 0.28],
  ["#ee0", "yellow", 0.87],
  ["#0a0", "green", 0.48],
  ["#0cc", "cyan", 0.63],
  ["#22d", "blue", 0.19],
  ["#80c", "purple", 0.17],
  ["#f4a", "pink", 0.45],
])("%s is %s", async (color, name, brightness) => {
  const file = await renderPng(
    `<svg xmlns="http://www.w3.org/2000/svg" width="60" height="60"><rect width="60" height="60" fill="${color}"/></svg>`,
  );
  const colors = await pictureColors(file, "png");
  expect(colors?.shares).toEqual([{ name, share: 1 }]);
  expect(colors?.brightness).toBeCloseTo(brightness, 1);
});

test("reads a JPEG too, and rejects anything that is not one", async () => {
  expect((await pictureColors(Buffer.from(jpeg, "base64"), "jpeg"))?.shares).toHaveLength(1);
  expect(await pictureColors(Buffer.from("no picture"), "png")).toBeUndefined();
});
