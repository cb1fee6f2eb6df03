import { open } from "node:fs/promises";
import type { InputTrack } from "mediabunny";
import { UsageError } from "../errors/errors.ts";
import { kindSentence } from "./check-media.ts";
import type { MediaKind } from "./formats.ts";
import { loadSharp } from "./load-sharp.ts";
import type { MediaFacts } from "./media.ts";
import { openTracks } from "./open-tracks.ts";

/** Picture formats that we recognize but cannot decode. */
const undecodable: readonly string[] = ["bmp", "heic"];

/**
 * Reads what a vendor made to its end, because even half a file has a correct header. Throws a {@link UsageError} if it
 * is not one of the kinds asked for, cannot be decoded or is truncated.
 */
export async function checkMade(filePath: string, facts: MediaFacts, kinds?: readonly MediaKind[]): Promise<void> {
  const [expected] = kinds ?? [];
  if (expected !== undefined && !kinds?.includes(facts.kind)) {
    throw new UsageError(kindSentence(expected, facts.kind));
  }
  const isWhole = facts.kind === "image" ? await decodes(filePath, facts) : await readsToItsEnd(filePath, facts);
  if (!isWhole) {
    throw new UsageError({ key: "media.unreadable" });
  }
}

async function decodes(filePath: string, { extension }: MediaFacts): Promise<boolean> {
  if (undecodable.includes(extension)) {
    return true;
  }
  const sharp = await loadSharp();
  try {
    // Resizing to so small a copy reads every pixel but keeps few.
    await sharp(filePath, { failOn: "error" })
      .resize({ width: 16, height: 16, fit: "fill", fastShrinkOnLoad: false })
      .raw()
      .toBuffer();
    return true;
  } catch {
    return false;
  }
}

async function readsToItsEnd(filePath: string, { extension, bytes, durationMs }: MediaFacts): Promise<boolean> {
  if (extension === "wav") {
    return durationMs !== undefined && !(await isCutWave(filePath, bytes));
  }
  const input = await openTracks(filePath, extension);
  try {
    const tracks = await input.getTracks();
    for (const track of tracks) {
      if (!(await hasEveryPacket(track))) {
        return false;
      }
    }
    return tracks.length > 0;
  } catch {
    return false;
  } finally {
    input.dispose();
  }
}

/** Whether everything that the container's table lists is there: a truncated file lacks the last packets. */
async function hasEveryPacket(track: InputTrack): Promise<boolean> {
  if (!track.isVideoTrack() && !track.isAudioTrack()) {
    return true;
  }
  const { EncodedPacketSink } = await import("mediabunny");
  const sink = new EncodedPacketSink(track as ConstructorParameters<typeof EncodedPacketSink>[0]);
  const { packetCount: listed } = await track.computePacketStats(undefined, { metadataOnly: true });
  let read = 0;
  for await (const packet of sink.packets()) {
    read += packet.isMetadataOnly ? 0 : 1;
  }
  return read > 0 && read >= listed;
}

/** A wave file states its length. Writers that did not know it beforehand left 0, or a number no file reaches. */
async function isCutWave(filePath: string, bytes: number): Promise<boolean> {
  const file = await open(filePath, "r");
  try {
    const { buffer } = await file.read(Buffer.alloc(8), 0, 8, 0);
    const statedBytes = buffer.readUInt32LE(4) + 8;
    return buffer.toString("latin1", 0, 4) === "RIFF" && statedBytes < 0x7fff_0000 && statedBytes > bytes + 8;
  } finally {
    await file.close();
  }
}
