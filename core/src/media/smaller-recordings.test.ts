import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Keyv from "keyv";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFixtureHttp } from "../../../test/doubles/fixture-media.ts";
import { waveFile } from "../../../test/doubles/wave-file.ts";
import { createManualClock } from "../../../test/manual-clock.ts";
import { createSeededRandom } from "../../../test/seeded-random.ts";
import { silentLogger } from "../ground/logger.ts";
import { SmallerRecordings, smallestEncodeBytes } from "./smaller-recordings.ts";
import { createMediaStore, type MediaStore } from "./store.ts";

const origin = { jobId: "job_1", step: "speech", index: 0 };
let directory: string;
const state = new Keyv();
const openStore = (seed: number) =>
  createMediaStore({
    ...{ directory, state, clock: createManualClock(), random: createSeededRandom(seed), http: createFixtureHttp() },
    retentionMs: 1_000,
  });
let media: MediaStore;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "toolcast-smaller-"));
  media = openStore(1);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const keep = (bytes: Uint8Array, index = 0) =>
  media.keep(bytes, { owner: "ann", name: "speech.wav", maxBytes: 1e9, origin: { ...origin, index } });

// @verifies delivered.too-large
describe("smaller encodes of recordings", () => {
  it("fit, keep the length, and are the best that fit", async () => {
    const original = await keep(waveFile({ seconds: 8, sampleRateHz: 24_000 }));
    const recordings = new SmallerRecordings(media, silentLogger);
    for (const [maxBytes, least] of [
      [300_000, 120_000],
      [90_000, 60_000],
      [30_000, 14_000],
    ] as const) {
      const encode = await recordings.of(original, maxBytes);
      expect(encode).toMatchObject({ type: "audio/mpeg", name: "speech.mp3", owner: "ann", encodeOf: original.id });
      expect(encode?.bytes).toBeLessThanOrEqual(maxBytes);
      expect(encode?.bytes).toBeGreaterThan(least);
      expect(Math.abs((encode?.durationMs ?? 0) - 8_000)).toBeLessThan(200);
    }
    expect((await media.list("ann")).map(({ id }) => id)).toEqual([original.id]);
  });

  it("are made only once: for later requests, simultaneous ones, and the next process", async () => {
    const original = await keep(waveFile({ seconds: 2, sampleRateHz: 16_000 }), 1);
    const recordings = new SmallerRecordings(media, silentLogger);
    const [one, other] = await Promise.all([recordings.of(original, 40_000), recordings.of(original, 40_000)]);
    const { mtimeMs } = await stat(media.pathOf(one!));
    const later = await new SmallerRecordings(openStore(2), silentLogger).of(original, 40_000);
    expect([other?.id, later?.id]).toEqual([one?.id, one?.id]);
    expect((await stat(media.pathOf(one!))).mtimeMs).toBe(mtimeMs);
  });

  it("are made from every rate, depth and number of channels that we read", async () => {
    const recordings = new SmallerRecordings(media, silentLogger);
    for (const [index, sampleRateHz] of [8_000, 11_025, 22_050, 37_800, 44_100, 96_000].entries()) {
      const bytes = waveFile({ seconds: 2, sampleRateHz, channels: index % 2 === 0 ? 1 : 2 });
      const encode = await recordings.of(await keep(bytes, 10 + index), 13_000);
      expect(Math.abs((encode?.durationMs ?? 0) - 2_000), `${sampleRateHz} Hz`).toBeLessThan(200);
      expect(encode?.bytes).toBeLessThanOrEqual(13_000);
    }
  });

  it("are made only of intact uncompressed sound, and only if one can be small enough", async () => {
    const recordings = new SmallerRecordings(media, silentLogger);
    const original = await keep(waveFile({ seconds: 10, sampleRateHz: 8_000 }), 2);
    expect(await recordings.of(original, smallestEncodeBytes(10_000) - 1)).toBeNull();
    expect(await recordings.of(original, smallestEncodeBytes(10_000))).not.toBeNull();
    const encode = await recordings.of(original, 100_000);
    expect(await recordings.of(encode!, 50_000)).toBeNull();
    const gone = await keep(waveFile({ seconds: 3, sampleRateHz: 8_000 }), 3);
    await rm(media.pathOf(gone));
    expect(await recordings.of(gone, 40_000)).toBeNull();
  });
});
