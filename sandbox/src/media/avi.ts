import { open } from "node:fs/promises";
import type { VideoFacts } from "./probe.ts";

const headerBytes = 8192;
const codecNames: Record<string, string> = { h264: "avc", x264: "avc", avc1: "avc", hevc: "hevc", h265: "hevc" };

/** The facts of an AVI file from its main header; `undefined` when it is not an AVI. */
export async function probeAvi(path: string): Promise<VideoFacts | undefined> {
  const header = await readStart(path);
  if (header.toString("latin1", 0, 4) !== "RIFF" || header.toString("latin1", 8, 12) !== "AVI ") return undefined;
  const main = header.indexOf("avih", 12, "latin1");
  const stream = header.indexOf("vids", 12, "latin1");
  if (main < 0 || stream < 0 || main + 48 > header.length || stream + 8 > header.length) return undefined;
  const frameMicroseconds = header.readUInt32LE(main + 8);
  const frames = header.readUInt32LE(main + 24);
  return {
    kind: "video",
    format: "avi",
    durationMs: Math.round((frames * frameMicroseconds) / 1000),
    codec: codecNames[header.toString("latin1", stream + 4, stream + 8).toLowerCase()] ?? null,
    width: header.readUInt32LE(main + 40),
    height: header.readUInt32LE(main + 44),
    framesPerSecond: frameMicroseconds === 0 ? 0 : 1_000_000 / frameMicroseconds,
  };
}

async function readStart(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(headerBytes) });
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
