import { expect, test } from "vitest";
import { ToolcastError } from "../../errors/errors.ts";
import type { Http } from "../../http/http.ts";
import type { Asset, MediaFacts } from "../../media/media.ts";
import type { ImageEditRequest } from "../operation.ts";
import { dashscope } from "./index.ts";

const picture = (facts: Partial<MediaFacts> = {}): Asset => ({
  ...{ id: "asset_1", hash: "h", owner: "o", name: "n", createdAt: 0, type: "image/png", kind: "image" },
  ...{ extension: "png", bytes: 1000, width: 1280, height: 720 },
  ...facts,
});

function operations(variables: Record<string, string>) {
  const settings = dashscope.schema.parse({ DASHSCOPE_API_KEY: "sk-marker", ...variables });
  const clock = { now: () => 0, monotonic: () => 0, setTimer: () => () => {} };
  return dashscope.create(settings, { http: {} as Http, clock } as never).operations;
}

/** The input at fault; undefined if there is none. */
function fault(model: string, request: Partial<ImageEditRequest>): string | undefined {
  const { imageEditing } = operations({ DASHSCOPE_IMAGE_EDIT_MODEL: model });
  try {
    imageEditing!.validate!({ prompt: "x", image: picture(), ...request });
  } catch (error) {
    if (ToolcastError.isInstance(error)) {
      return error.failure.field;
    }
    throw error;
  }
  return undefined;
}

test.each<[string, Partial<ImageEditRequest>, string | undefined]>([
  ["wan2.7-image", { size: "2K", count: 4 }, undefined],
  ["wan2.7-image", { count: 5 }, "count"],
  ["wan2.7-image", { negativePrompt: "狗" }, "negative_prompt"],
  // The largest pictures are made from words alone.
  ["wan2.7-image-pro", { size: "4K" }, "size"],
  ["wan2.7-image-pro", { size: "2048x2048" }, undefined],
  ["wan2.7-image-pro", { size: "2049x2048" }, "size"],
  ["wan2.7-image", { size: "768x768" }, undefined],
  ["wan2.7-image", { size: "768x767" }, "size"],
  ["wan2.7-image", { size: "4104x512" }, "size"],
  ["wan2.6-image", { count: 4, size: "1280x1280" }, undefined],
  ["wan2.6-image", { count: 5 }, "count"],
  ["wan2.6-image", { size: "1281x1280" }, "size"],
  ["wan2.6-image", { size: "768x767" }, "size"],
  ["wan2.6-image", { size: "1604x400" }, "size"],
  ["qwen-image-edit", {}, undefined],
  ["qwen-image-edit", { size: "1024x1024" }, "size"],
  ["qwen-image-edit", { count: 2 }, "count"],
  ["qwen-image-edit-plus", { size: "512x2048", count: 6 }, undefined],
  ["qwen-image-edit-max", { size: "511x2048" }, "size"],
  ["qwen-image-edit-max", { size: "512x2049" }, "size"],
  ["qwen-image-edit-plus", { count: 7 }, "count"],
  ["qwen-image-2.0", { size: "512x512", count: 6 }, undefined],
  ["qwen-image-2.0", { size: "512x511" }, "size"],
  ["qwen-image-2.0-pro", { size: "2048x2049" }, "size"],
  ["qwen-image-2.0", { count: 7 }, "count"],
  ["qwen-image-edit", { prompt: "字".repeat(801) }, "prompt"],
])("a picture changed by %s, %j", (model, request, field) => {
  expect(fault(model, request)).toBe(field);
});

const megabyte = 1024 * 1024;
test.each<[Partial<MediaFacts>, string, string | undefined]>([
  [{ width: 240, height: 8000 }, "wan2.7-image", undefined],
  [{ width: 239 }, "wan2.7-image", "image"],
  [{ height: 8001 }, "wan2.7-image-pro", "image"],
  [{ width: 384, height: 5000 }, "wan2.6-image", undefined],
  [{ width: 383 }, "wan2.6-image", "image"],
  [{ height: 5001 }, "wan2.6-image", "image"],
  [{ bytes: 10 * megabyte, extension: "bmp" }, "qwen-image-edit", undefined],
  [{ bytes: 10 * megabyte + 1 }, "qwen-image-edit", "image"],
  [{ bytes: 10 * megabyte + 1 }, "wan2.7-image", "image"],
  [{ extension: "gif" }, "wan2.7-image", "image"],
])("a picture of %j given to %s", (facts, model, field) => {
  expect(fault(model, { image: picture(facts) })).toBe(field);
});

/** @verifies spending.edits */
test.each([
  [{}, false],
  [{ DASHSCOPE_IMAGE_MODEL: "wan2.7-image" }, true],
  [{ DASHSCOPE_IMAGE_MODEL: "qwen-image-plus" }, false],
  [{ DASHSCOPE_IMAGE_MODEL: "qwen-image-plus", DASHSCOPE_IMAGE_EDIT_MODEL: "qwen-image-edit" }, true],
  [{ DASHSCOPE_IMAGE_MODEL: "wan2.6-t2i" }, false],
  // Nothing is documented about it: the vendor decides.
  [{ DASHSCOPE_IMAGE_MODEL: "wan9-image" }, true],
])("with %j pictures can be changed: %s", (variables: Record<string, string>, can) => {
  expect(operations(variables).imageEditing !== undefined).toBe(can);
});
