import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { UsageError } from "../../errors/errors.ts";
import type { ImageRequest, OperationContext } from "../operation.ts";
import type { Gateway } from "./gateway.ts";
import { imageOperation } from "./image.ts";
import { sparkSchema } from "./settings.ts";

const settings = sparkSchema.parse({ SPARK_APP_ID: "app", SPARK_API_KEY: "key", SPARK_API_SECRET: "secret" });
const silent: Gateway = {
  post: () => Promise.reject(new Error("nothing may be sent")),
  skewMs: () => 0,
};
const operation = imageOperation(settings, silent);

function fault(request: ImageRequest): UsageError["failure"] | undefined {
  try {
    operation.validate?.(request);
    return undefined;
  } catch (error) {
    return (error as UsageError).failure;
  }
}

test("a prompt of 1 to 1,000 characters is accepted", () => {
  expect(fault({ prompt: "山" })).toBeUndefined();
  expect(fault({ prompt: "山".repeat(1000) })).toBeUndefined();
});

test.each([
  ["prompt", { prompt: "" }],
  ["prompt", { prompt: " \n" }],
  ["prompt", { prompt: "山".repeat(1001) }],
  ["size", { prompt: "a", size: "512x513" }],
  ["size", { prompt: "a", size: "toString" }],
  ["negative_prompt", { prompt: "a", negativePrompt: "rain" }],
  ["seed", { prompt: "a", seed: 0 }],
] as const)("%s is named as the fault of %j", (field, request) => {
  expect(fault(request)).toMatchObject({ kind: "usage", field, charged: "no" });
});

describe("the price is known by size", () => {
  test.each([
    [undefined, 6],
    ["512x512", 6],
    ["640x360", 6],
    ["640x480", 6],
    ["640x640", 7],
    ["680x512", 7],
    ["512x680", 7],
    ["768x768", 8],
    ["720x1280", 12],
    ["1280x720", 12],
    ["1024x1024", 14],
  ])("%s: %i points", (size, amount) => {
    expect(fault({ prompt: "a", size })).toBeUndefined();
    expect(operation.price({ prompt: "a", size })).toEqual({ known: true, amount, unit: "points" });
  });
});

describe("a picture in base64", () => {
  const context = { callerId: "web:ada", signal: new AbortController().signal } as OperationContext;
  const pictureOf = async (content: string) => {
    const post: Gateway["post"] = async () => ({
      end: "answer",
      answer: { kind: "service", code: 0, content },
      status: { httpStatus: 200 },
      clockCorrected: false,
    });
    const end = await imageOperation(settings, { ...silent, post }).start({ prompt: "a" }, context);
    return end.end === "done" ? end.output.media : end.end;
  };

  test("is read in either alphabet, padded or not, with line breaks, and with `data:` before it", async () => {
    const writings = fc.record({
      bytes: fc.uint8Array({ minLength: 1, maxLength: 200 }),
      alphabet: fc.constantFrom("base64", "base64url"),
      isPadded: fc.boolean(),
      prefix: fc.constantFrom("", "data:image/png;base64,", "data:;base64,", "DATA:image/jpeg;name=a;BASE64,"),
      lineLength: fc.constantFrom(4, 76, 1000),
    });
    await fc.assert(
      fc.asyncProperty(writings, async ({ bytes, alphabet, isPadded, prefix, lineLength }) => {
        const bare = Buffer.from(bytes)
          .toString(alphabet as BufferEncoding)
          .replaceAll("=", "");
        const text = isPadded ? bare.padEnd(Math.ceil(bare.length / 4) * 4, "=") : bare;
        const lines = text.match(new RegExp(`.{1,${lineLength}}`, "g"))!.join("\r\n");
        expect(await pictureOf(prefix + lines)).toEqual([{ bytes: new Uint8Array(bytes) }]);
      }),
    );
  });

  test.each(["", "data:image/png;base64,", "data:image/svg+xml,<svg/>", "<html>", "AAAAA", "A+_A"])(
    "%j is not a picture, so the end is unclear",
    async (content) => {
      expect(await pictureOf(content)).toBe("unknown");
    },
  );
});
