import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeDataAddress, isDataAddress, maxDataBytes } from "./data-address.ts";

const bytes = fc.uint8Array({ minLength: 1, maxLength: 300 });
const broken = (key: string) =>
  expect.objectContaining({
    failure: expect.objectContaining({ field: "image", sentence: expect.objectContaining({ key }) }),
  });
const decode = (address: string, maxBytes?: number) => decodeDataAddress(address, "image", maxBytes);

describe("a data: address", () => {
  it("gives the bytes it was made from, however they are written", () => {
    fc.assert(
      fc.property(
        bytes,
        fc.constantFrom("", "image/png", "image/png;name=a.png", "text/plain;charset=utf-8"),
        (file, type) => {
          const base64 = Buffer.from(file).toString("base64");
          const ways = [
            `data:${type};base64,${base64}`,
            `DATA:${type};BASE64,${base64.replaceAll("=", "")}`,
            `data:${type};base64,${Buffer.from(file).toString("base64url")}`,
            `data:${type};base64,${encodeURIComponent(base64)}`,
            `data:${type};base64,${base64.replaceAll(/.{60}/g, "$&\n")}`,
            `data:${type},${Array.from(file, (byte) => `%${byte.toString(16).padStart(2, "0")}`).join("")}`,
          ];
          for (const way of ways) {
            expect(isDataAddress(way)).toBe(true);
            expect(Buffer.from(decode(way)).equals(Buffer.from(file)), way).toBe(true);
          }
        },
      ),
    );
  });

  it("is limited in size: the largest passes, a byte more does not", () => {
    fc.assert(
      fc.property(bytes, (file) => {
        const address = `data:;base64,${Buffer.from(file).toString("base64")}`;
        expect(decode(address, file.length)).toHaveLength(file.length);
        expect(() => decode(address, file.length - 1)).toThrow(broken("media.data-too-large"));
      }),
    );
    const most = `data:;base64,${Buffer.alloc(maxDataBytes + 1).toString("base64")}`;
    expect(() => decode(most, 2 * maxDataBytes)).toThrow(broken("media.data-too-large"));
    expect(() => decode(`data:,${"a".repeat(maxDataBytes * 3 + 5)}`)).toThrow(broken("media.data-too-large"));
  });

  it.each(["data:", "data:image/png;base64", "data:;base64,a", "data:;base64,ab!d", "data:,%zz", "data:,é"])(
    "that is malformed is refused: %s",
    (address) => {
      expect(() => decode(address)).toThrow(broken("media.data-malformed"));
    },
  );

  it("without any content is an empty file", () => {
    expect(() => decode("data:image/png;base64,")).toThrow(broken("media.upload-empty"));
  });
});
