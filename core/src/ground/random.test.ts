import { expect, test } from "vitest";
import { randomId, systemRandom } from "./random.ts";

test("the system's random bytes are never given out twice, however many are asked for at a time", () => {
  const counts = [16, 1, 32, 33, 16, 31, 12];
  const drawn = Array.from({ length: 700 }, (_, index) => systemRandom.bytes(counts[index % counts.length]!));
  expect(drawn.map(({ length }) => length)).toEqual(drawn.map((_, index) => counts[index % counts.length]));
  const long = drawn.filter(({ length }) => length >= 12).map((bytes) => Buffer.from(bytes).toString("hex"));
  expect(new Set(long).size).toBe(long.length);
  const kept = Buffer.from(drawn[0]!).toString("hex");
  systemRandom.bytes(1_024);
  expect(Buffer.from(drawn[0]!).toString("hex")).toBe(kept);
  expect(drawn.filter((bytes) => bytes.length >= 12 && bytes.every((byte) => byte === 0))).toEqual([]);
});

test("an id has 128 random bits", () => {
  const ids = Array.from({ length: 1_000 }, () => randomId(systemRandom, "job"));
  expect(new Set(ids).size).toBe(1_000);
  expect(ids.every((id) => /^job_[\w-]{22}$/.test(id))).toBe(true);
});
