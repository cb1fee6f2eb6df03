import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Asset } from "@toolcast/core";
import type { OperationContext } from "@toolcast/core/provider";
import { samples } from "@toolcast/sandbox";
import sharp from "sharp";
import { afterAll, beforeAll } from "vitest";
import { createAsset } from "./provider-tools.ts";

const drawPicture = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: "#2a7f9e" } })
    .png()
    .toBuffer();

const drawn = drawPicture(640, 640);
const sizes = {
  audio: (await stat(samples.voice)).size,
  video: (await stat(samples.video)).size,
  image: (await drawn).byteLength,
};

/** One of the files served, with its size: what is uploaded announces it. */
export function sampleAsset(changes: Partial<Asset> & Pick<Asset, "kind">): Asset {
  return createAsset({ bytes: sizes[changes.kind], ...changes });
}

/** Serves the sandbox's samples and a picture while the tests of a file run, as the relay would; `read` gives the same. */
export function serveSamples(): Pick<OperationContext, "addressOf" | "read"> {
  const files = {
    audio: { name: "voice.wav", bytes: readFile(samples.voice) },
    video: { name: "video.mp4", bytes: readFile(samples.video) },
    image: { name: "portrait.png", bytes: drawn },
  };
  const server = createServer(async (request, response) => {
    const file = Object.values(files).find(({ name }) => request.url === `/${name}`);
    response.statusCode = file === undefined ? 404 : 200;
    response.end(await file?.bytes);
  });
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  return {
    addressOf: async ({ kind }) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/${files[kind].name}`,
    read: async ({ kind }) => new Uint8Array(await files[kind].bytes),
  };
}
