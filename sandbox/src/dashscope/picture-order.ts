import { type Call, parametersOf, type Vendor } from "./call.ts";
import { sayingOf } from "./codes.ts";
import type { Fields } from "./fields.ts";
import type { ImageModel } from "./image-models.ts";
import { readSize, type Size } from "./image-sizes.ts";
import type { Picture } from "./records.ts";

const mostNegativeCharacters = 500;
const mostSeed = 2_147_483_647;

/** The request, and the pictures it will produce. */
export interface PictureOrder {
  size: Size;
  pictures: Picture[];
  /** How many of them are made and billed. */
  made: number;
}

/**
 * Reads the parameters both protocols share. `negatives` is where the protocol keeps the negative prompt. Each picture
 * of one call has its own seed, counted up from the first. Counts against the account's rate limits.
 */
export function orderPictures(
  { context, files, rates }: Vendor,
  call: Call,
  order: { model: ImageModel; prompt: string; negatives: Fields; given?: readonly Size[] },
): PictureOrder {
  const parameters = parametersOf(call);
  const { model, negatives } = order;
  if (model.hasNoNegatives && negatives.has("negative_prompt")) {
    negatives.refuse("negative_prompt", `is not a parameter of ${call.model}`);
  }
  negatives.optionalText("negative_prompt", mostNegativeCharacters);
  const last = order.given?.at(-1);
  if (model.needsInterleave) requireInterleave(parameters, last !== undefined);
  const size =
    last === undefined ? readSize(parameters, model.size, model.usualSize) : sizeAfter(last, parameters, model);
  const { most, usual } = last === undefined ? model.pictures : { most: model.editing?.most ?? 1, usual: 1 };
  const count = parameters.number("n", { least: 1, most, usual, whole: true });
  const seed = parameters.number("seed", {
    least: 0,
    most: mostSeed,
    usual: Math.floor(context.random() * mostSeed),
    whole: true,
  });
  const isExtended = parameters.flag("prompt_extend", true);
  parameters.flag("watermark", false);
  rates.countStart(call.model);
  // Text beyond the limit is cut off silently.
  const prompt = [...order.prompt].slice(0, model.promptCharacters).join("");
  const pictures = Array.from({ length: count }, (_, index): Picture => {
    const isRefused = call.asked.partial === true && index === count - 1;
    return {
      name: isRefused ? "" : files.add({ kind: "picture", prompt, ...size, seed: seed + index }),
      prompt,
      ...(isExtended ? { actualPrompt: `${prompt} (sandbox: ${size.width}*${size.height})` } : {}),
      ...(isRefused ? { trouble: refusedPicture() } : {}),
    };
  });
  return { size, pictures, made: pictures.filter(({ trouble }) => trouble === undefined).length };
}

/** The size of a changed picture: the one that is asked for, or about a million pixels in the given shape. */
function sizeAfter(given: Size, parameters: Fields, { editing }: ImageModel): Size {
  if (editing?.size !== undefined && parameters.has("size")) return readSize(parameters, editing.size, "");
  if (parameters.has("size")) parameters.refuse("size", "is not a parameter of this model");
  const factor = 1024 / Math.sqrt(given.width * given.height);
  return { width: Math.round(given.width * factor), height: Math.round(given.height * factor) };
}

/** Without a picture to edit: the order must ask for words with pictures among them, of which one is made here. */
function requireInterleave(parameters: Fields, isEdit: boolean): void {
  const isInterleaved = parameters.flag("enable_interleave", false);
  if (isEdit) {
    if (isInterleaved) parameters.refuse("enable_interleave", "must be false with a picture");
    return;
  }
  if (!isInterleaved) parameters.refuse("enable_interleave", "must be true without a picture");
  parameters.number("max_images", { least: 1, most: 5, usual: 5, whole: true });
}

export function refusedPicture() {
  return { code: "DataInspectionFailed", message: sayingOf("DataInspectionFailed")?.message ?? "" };
}
