import { expect, it } from "vitest";
import { encodeWav, resample } from "../page/wav.ts";

function tone(hertz: number, rate: number, seconds: number): Float32Array {
  return Float32Array.from({ length: rate * seconds }, (_, at) => 0.5 * Math.sin((2 * Math.PI * hertz * at) / rate));
}

/** The largest sample away from both ends, where the filter has all its input. */
function peak(samples: Float32Array): number {
  return samples.subarray(200, -200).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
}

it("writes a header that describes exactly what follows", () => {
  const bytes = encodeWav(Float32Array.of(0, 1, -1, 2, -2, 0.5), 16_000);
  const view = new DataView(bytes.buffer);
  const text = (from: number, to: number) => Buffer.from(bytes.subarray(from, to)).toString("latin1");
  expect([text(0, 4), text(8, 16), text(36, 40)]).toEqual(["RIFF", "WAVEfmt ", "data"]);
  expect(bytes.byteLength).toBe(44 + 12);
  expect(view.getUint32(4, true)).toBe(bytes.byteLength - 8);
  expect([view.getUint32(16, true), view.getUint16(20, true), view.getUint16(22, true)]).toEqual([16, 1, 1]);
  expect([view.getUint32(24, true), view.getUint32(28, true)]).toEqual([16_000, 32_000]);
  expect([view.getUint16(32, true), view.getUint16(34, true), view.getUint32(40, true)]).toEqual([2, 16, 12]);
  expect([...new Int16Array(bytes.buffer, 44)]).toEqual([0, 32_767, -32_768, 32_767, -32_768, 16_384]);
});

it.each([48_000, 44_100, 96_000])("brings %d Hz down to 16,000 without changing the voice", (rate) => {
  const result = resample(tone(440, rate, 1), rate, 16_000);
  expect(result.length).toBe(16_000);
  const expected = tone(440, 16_000, 1);
  const error = result.subarray(200, -200).map((sample, at) => sample - expected[at + 200]!);
  expect(error.reduce((most, value) => Math.max(most, Math.abs(value)), 0)).toBeLessThan(0.002);
});

it("removes frequencies that the lower rate cannot hold", () => {
  expect(peak(resample(tone(10_000, 48_000, 1), 48_000, 16_000))).toBeLessThan(0.0015);
  expect(peak(resample(tone(7_000, 48_000, 1), 48_000, 16_000))).toBeGreaterThan(0.48);
});

it("also increases the rate, and leaves an equal rate alone", () => {
  const samples = tone(440, 8_000, 1);
  expect(peak(resample(samples, 8_000, 16_000))).toBeCloseTo(0.5, 2);
  expect(resample(samples, 8_000, 8_000)).toBe(samples);
  expect(resample(new Float32Array(0), 48_000, 16_000)).toHaveLength(0);
});
