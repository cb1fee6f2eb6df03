import { describe, expect, test } from "vitest";
import { ToolcastError } from "../../errors/errors.ts";
import type { Http } from "../../http/http.ts";
import type { Asset, MediaFacts } from "../../media/media.ts";
import { say } from "../../messages/sentence.ts";
import type { VideoRequest } from "../operation.ts";
import { dashscope } from "./index.ts";

const picture = (facts: Partial<MediaFacts> = {}): Asset => ({
  ...{ id: "asset_1", hash: "h", owner: "o", name: "n", createdAt: 0, type: "image/png", kind: "image" },
  ...{ extension: "png", bytes: 1000, width: 1280, height: 720 },
  ...facts,
});

function video(model: string, variables: Record<string, string> = {}) {
  const kind = /i2v/.test(model) ? "DASHSCOPE_PICTURE_VIDEO_MODEL" : "DASHSCOPE_VIDEO_MODEL";
  const settings = dashscope.schema.parse({ DASHSCOPE_API_KEY: "sk-marker", [kind]: model, ...variables });
  const clock = { now: () => 0, monotonic: () => 0, setTimer: () => () => {} };
  return dashscope.create(settings, { http: {} as Http, clock } as never).operations.video!;
}

/** The input at fault; undefined if there is none. */
function fault(model: string, request: Partial<VideoRequest>): string | undefined {
  try {
    video(model).validate!({ prompt: "x", ...request });
  } catch (error) {
    if (ToolcastError.isInstance(error)) {
      return error.failure.field;
    }
    throw error;
  }
  return undefined;
}

/** @verifies spending.video-price */
describe("what a model makes", () => {
  test.each<[string, Partial<VideoRequest>, string | undefined]>([
    ["wan2.7-t2v", {}, undefined],
    ["wan2.7-t2v", { prompt: " " }, "prompt"],
    ["wan2.7-t2v", { prompt: "字".repeat(5000) }, undefined],
    ["wan2.7-t2v", { prompt: "字".repeat(5001) }, "prompt"],
    ["wan2.6-t2v", { prompt: "字".repeat(1500) }, undefined],
    ["wan2.6-t2v", { prompt: "字".repeat(1501) }, "prompt"],
    ["wan2.7-t2v", { durationSeconds: 2 }, undefined],
    ["wan2.7-t2v", { durationSeconds: 1 }, "duration"],
    ["wan2.7-t2v", { durationSeconds: 15 }, undefined],
    ["wan2.7-t2v", { durationSeconds: 16 }, "duration"],
    ["wan2.7-t2v", { durationSeconds: 2.5 }, "duration"],
    ["wan2.6-t2v", { durationSeconds: 15 }, undefined],
    ["wan2.6-t2v", { durationSeconds: 16 }, "duration"],
    ["wan2.5-t2v-preview", { durationSeconds: 5 }, undefined],
    ["wan2.5-t2v-preview", { durationSeconds: 10 }, undefined],
    ["wan2.5-t2v-preview", { durationSeconds: 6 }, "duration"],
    ["wan2.5-t2v-preview", { size: "480P" }, undefined],
    ["wan2.6-t2v", { size: "480P" }, "size"],
    ["wan2.7-t2v", { size: "480P" }, "size"],
    ["wan2.7-t2v", { size: "720P" }, undefined],
    ["wan2.7-t2v", { size: "1080P" }, undefined],
    ["wan2.7-t2v", { size: "4K" }, "size"],
    ["wan2.7-t2v", { size: "1248x1632" }, undefined],
    ["wan2.7-t2v", { size: "832x480" }, "size"],
    ["wan2.5-t2v-preview", { size: "832x480" }, undefined],
    ["wan2.7-t2v", { size: "1280x721" }, "size"],
    ["wan2.7-t2v", { seed: 2_147_483_647 }, undefined],
    ["wan2.7-t2v", { seed: 2_147_483_648 }, "seed"],
    ["wan2.7-t2v", { seed: -1 }, "seed"],
    // A video has the shape of its picture.
    ["wan2.7-i2v", { image: picture(), size: "1080P" }, undefined],
    ["wan2.7-i2v", { image: picture(), size: "1280x720" }, "size"],
    ["wan2.6-i2v", { image: picture(), size: "480P" }, "size"],
    ["wan2.5-i2v-preview", { image: picture(), durationSeconds: 6 }, "duration"],
    // Nothing is documented about it: the vendor decides.
    ["wan9-t2v", { durationSeconds: 60, size: "480P" }, undefined],
  ])("a video of %s: %j", (model, request, field) => {
    expect(fault(model, request)).toBe(field);
  });

  test.each<[string, Partial<MediaFacts>, string | undefined]>([
    ["wan2.7-i2v", { width: 240, height: 8000 }, undefined],
    ["wan2.7-i2v", { width: 239 }, "image"],
    ["wan2.7-i2v", { height: 8001 }, "image"],
    ["wan2.6-i2v", { width: 360, height: 2000 }, undefined],
    ["wan2.6-i2v", { width: 359 }, "image"],
    ["wan2.5-i2v-preview", { height: 2001 }, "image"],
    ["wan2.7-i2v", { extension: "webp", bytes: 10 * 1024 * 1024 }, undefined],
    ["wan2.7-i2v", { bytes: 10 * 1024 * 1024 + 1 }, "image"],
    ["wan2.7-i2v", { extension: "gif" }, "image"],
  ])("a video of %s from %j", (model, facts, field) => {
    expect(fault(model, { image: picture(facts) })).toBe(field);
  });
});

/** @verifies provider.suggested */
test("every size that is suggested is made, the usual one first", () => {
  for (const model of ["wan2.5-t2v-preview", "wan2.6-t2v", "wan2.7-t2v"]) {
    const sizes = video(model).suggested!.size!;
    expect(sizes[0]).toBe("720P");
    expect(sizes.length).toBeGreaterThan(10);
    expect(sizes.filter((size) => fault(model, { size }) !== undefined)).toEqual([]);
  }
});

/** @verifies spending.video-price */
test("a price follows seconds and resolution, and may be stated for each resolution or for all", async () => {
  const prices = JSON.stringify({
    "wan2.7-t2v": { amount: 1, unit: "CNY" },
    "wan2.7-t2v 720P": { amount: 0.6, unit: "CNY" },
  });
  const { price } = video("wan2.7-t2v", { DASHSCOPE_PRICES: prices });
  const known = (amount: number) => ({ known: true, amount, unit: "CNY" });
  expect(await price({ prompt: "x" })).toEqual(known(3));
  expect(await price({ prompt: "x", durationSeconds: 10, size: "720x1280" })).toEqual(known(6));
  expect(await price({ prompt: "x", durationSeconds: 10, size: "1080P" })).toEqual(known(10));
  expect(await video("wan2.7-t2v").price({ prompt: "x", size: "1080P" })).toMatchObject({
    known: false,
    counted: { amount: 5, unit: "seconds" },
    dependsOn: { values: { model: "wan2.7-t2v", resolution: "1080P" } },
  });
});

test("lengths and sizes are listed as each language separates them", () => {
  const refused = (request: Partial<VideoRequest>) => {
    try {
      video("wan2.5-i2v-preview").validate!({ prompt: "x", ...request });
    } catch (error) {
      return ToolcastError.isInstance(error) ? say(error.failure.sentence, "zh-CN") : String(error);
    }
    return "";
  };
  expect(refused({ image: picture(), durationSeconds: 7 })).toContain("5、10 秒");
  expect(refused({ image: picture(), size: "720x1280" })).toContain("480P、720P、1080P");
});

test("the usual resolution is the operator's; a model that does not make it uses its own lowest", async () => {
  const resolution = async (model: string, variables: Record<string, string>) => {
    const price = await video(model, variables).price({ prompt: "x" });
    return price.known ? undefined : (price.dependsOn as { values?: Record<string, unknown> }).values?.resolution;
  };
  expect(await resolution("wan2.7-t2v", { DASHSCOPE_VIDEO_RESOLUTION: "1080P" })).toBe("1080P");
  expect(await resolution("wan2.7-t2v", { DASHSCOPE_VIDEO_RESOLUTION: "480P" })).toBe("720P");
  expect(await resolution("wan2.5-t2v-preview", { DASHSCOPE_VIDEO_RESOLUTION: "480P" })).toBe("480P");
});
