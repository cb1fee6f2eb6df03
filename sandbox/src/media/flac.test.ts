import { expect, test } from "vitest";
import { flacDescription, writeFlacFrame } from "./flac.ts";

test("writes the header, both checksums and the samples as they are", () => {
  const frame = writeFlacFrame(Int16Array.of(1, -2), 0);
  expect(frame.subarray(0, 7).toString("hex")).toBe("fff87508000001");
  expect(frame.subarray(9, 13).toString("hex")).toBe("0001fffe");
  expect(crc(frame.subarray(0, 8), 8, 0x07)).toBe(0);
  expect(crc(frame, 16, 0x8005)).toBe(0);
});

test("numbers frames as UTF-8 does, so that long sounds stay readable", () => {
  const numberOf = (frame: number) => writeFlacFrame(Int16Array.of(0), frame).subarray(4, -8).toString("hex");
  expect(numberOf(0x7f)).toBe("7f");
  expect(numberOf(0x80)).toBe("c280");
  expect(numberOf(0x800)).toBe("e0a080");
});

test("describes rate, channel, depth and length", () => {
  const description = flacDescription(16_000, 131_900);
  expect(description.toString("hex")).toBe(
    `664c61438000002210001000000000000000${"03e800f00002033c"}${"00".repeat(16)}`,
  );
});

/** The textbook bit-by-bit division, independent of the tables in the source. */
function crc(bytes: Uint8Array, width: number, polynomial: number): number {
  const top = 1 << (width - 1);
  let register = 0;
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit -= 1) {
      const carry = ((register & top) !== 0) !== ((byte >> bit) % 2 === 1);
      register = ((register << 1) & (2 ** width - 1)) ^ (carry ? polynomial : 0);
    }
  }
  return register;
}
