import { type Answer, type Call, inputOf, parametersOf, type Vendor } from "./call.ts";
import { DashscopeRefusal } from "./codes.ts";
import { fetchPicture } from "./fetched-media.ts";
import { boxesOf, type PortraitModel, unfitness } from "./portrait-pictures.ts";

const detectors: ReadonlyMap<string, PortraitModel> = new Map([
  ["wan2.2-s2v-detect", "wan2.2-s2v"],
  ["liveportrait-detect", "liveportrait"],
  ["emo-detect-v1", "emo-v1"],
]);

/**
 * `image2video/face-detect`: examines a picture. An unsuitable one is an answer, not an error. The real vendor charges
 * a little for it, but a query that may be repeated at will is not a paid start, so it is not in the ledger.
 */
export async function detectFace(vendor: Vendor, call: Call): Promise<Answer> {
  const portrait = detectors.get(call.model);
  if (portrait === undefined) throw new DashscopeRefusal("ModelNotFound");
  const address = inputOf(call).text("image_url");
  const ratio = portrait === "emo-v1" ? ratioOf(call) : "1:1";
  const picture = await fetchPicture(vendor.context, call, address);
  const unfit = unfitness(portrait, picture, call.asked.nobody === true);
  const usage = { image_count: 1 };
  if (portrait === "liveportrait") {
    return { output: { pass: unfit === undefined, message: unfit?.message ?? "success" }, usage };
  }
  if (portrait === "wan2.2-s2v") {
    return { output: { check_pass: unfit === undefined, humanoid: call.asked.nobody !== true, ...unfit }, usage };
  }
  if (unfit !== undefined) return { output: { check_pass: false, ...unfit }, usage };
  const { face, moving } = boxesOf(picture, ratio);
  return { output: { check_pass: true, face_bbox: face, ext_bbox: moving }, usage };
}

function ratioOf(call: Call): "1:1" | "3:4" {
  if (call.body.parameters === undefined) throw new DashscopeRefusal("BadRequest.EmptyParameters");
  return parametersOf(call).oneOf("ratio", ["1:1", "3:4"], "1:1");
}
