import { UsageError } from "../../errors/errors.ts";
import { imageModelOf } from "./image-models.ts";
import { dashscopeName } from "./name.ts";

/**
 * Refuses a size that the model does not make according to its document; without documented limits the vendor decides.
 */
export function checkSize(size: string, model: string): void {
  const match = /^(\d{1,5})x(\d{1,5})$/.exec(size);
  const [width, height] = [Number(match?.[1]), Number(match?.[2])];
  const { sides, area } = imageModelOf(model);
  const common = { provider: dashscopeName.providerTitle, model, actual: size };
  if (match === null || width === 0 || height === 0) {
    throw new UsageError({ key: "provider.size-form", values: { actual: size } }, "size");
  }
  if (sides !== undefined && [width, height].some((side) => side < sides.min || side > sides.max)) {
    throw new UsageError({ key: "provider.dashscope.size-sides", values: { ...common, ...sides } }, "size");
  }
  if (area === undefined) {
    return;
  }
  const pixels = width * height;
  const ratio = Math.max(width, height) / Math.min(width, height);
  if (pixels < area.min || pixels > area.max || ratio > area.maxRatio) {
    throw new UsageError({ key: "provider.dashscope.size-area", values: { ...common, ...area } }, "size");
  }
}
