import { UsageError } from "../../errors/errors.ts";
import { listed as inWords } from "../../messages/listed.ts";
import type { ImageModel } from "./image-models.ts";
import { dashscopeName } from "./name.ts";

/**
 * Refuses a size that the model does not make according to its document; without documented limits the vendor decides.
 */
export function checkSize(
  size: string,
  model: string,
  { sizes, suggested = [] }: Pick<ImageModel, "sizes" | "suggested">,
): void {
  const { sides, area, listed, named } = sizes;
  const common = { provider: dashscopeName.providerTitle, model, actual: size };
  if (isNamed(size)) {
    if (Object.keys(sizes).length > 0 && !named?.includes(size)) {
      throw refused({ key: "provider.dashscope.size-listed", values: { ...common, sizes: inWords(suggested) } });
    }
    return;
  }
  const match = /^(\d{1,5})x(\d{1,5})$/.exec(size);
  const [width, height] = [Number(match?.[1]), Number(match?.[2])];
  if (match === null || width === 0 || height === 0) {
    throw refused({ key: "provider.size-form", values: { actual: size } });
  }
  if (listed?.includes(size)) {
    return;
  }
  if (sides !== undefined && [width, height].some((side) => side < sides.min || side > sides.max)) {
    throw refused({ key: "provider.dashscope.size-sides", values: { ...common, ...sides } });
  }
  if (area !== undefined) {
    const { min, max, maxRatio } = area;
    const pixels = width * height;
    const ratio = Math.max(width, height) / Math.min(width, height);
    if (pixels < min || pixels > max || ratio > (maxRatio ?? ratio)) {
      throw refused(
        maxRatio === undefined
          ? { key: "provider.dashscope.size-pixels", values: { ...common, min, max } }
          : { key: "provider.dashscope.size-area", values: { ...common, min, max, maxRatio } },
      );
    }
    return;
  }
  if (sides === undefined && listed !== undefined) {
    throw refused({ key: "provider.dashscope.size-listed", values: { ...common, sizes: inWords(suggested) } });
  }
}

/** The size as the vendor writes it. */
export function writtenSize(size: string): string {
  return isNamed(size) ? size : size.replace("x", "*");
}

/** A size by name, such as `2K`. */
function isNamed(size: string): boolean {
  return /^\dK$/.test(size);
}

function refused(sentence: ConstructorParameters<typeof UsageError>[0]): UsageError {
  return new UsageError(sentence, "size");
}
