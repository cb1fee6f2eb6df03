import type { PictureFacts } from "../media/picture-facts.ts";
import { type Saying, sayingOf } from "./codes.ts";

export type PortraitModel = "wan2.2-s2v" | "liveportrait" | "emo-v1";

/** Why a model refuses to make this picture speak; `undefined` if it accepts it. */
export function unfitness(
  model: PortraitModel,
  { width, height }: PictureFacts,
  showsNobody: boolean,
): { code: string; message: string } | undefined {
  if (showsNobody) {
    return model === "liveportrait" ? said("InvalidImage.NoHumanFace") : said("InvalidFile.NoHuman");
  }
  const [shorter, longer] = [Math.min(width, height), Math.max(width, height)];
  if (model === "liveportrait") {
    if (longer > 4096) return said("InvalidFile.ImageSize");
    return longer > 2 * shorter
      ? said("InvalidFile.AspectRatio", "The file aspect ratio must be at most 2.")
      : undefined;
  }
  return shorter < 400 || longer > 7000
    ? said(
        "InvalidFile.Resolution",
        "The image resolution is invalid, please make sure that the largest length of image is smaller than 7000, and the smallest length of image is larger than 400.",
      )
    : undefined;
}

function said(code: string, message?: string): { code: string; message: string } {
  return { code, message: message ?? (sayingOf(code) as Saying).message };
}

/** Left, top, right and bottom, in pixels. */
export type Box = [number, number, number, number];

/** Where a portrait's face is expected to be, and the part of the picture that will move, with the aspect `ratio`. */
export function boxesOf({ width, height }: PictureFacts, ratio: "1:1" | "3:4"): { face: Box; moving: Box } {
  const aspect = ratio === "1:1" ? 1 : 3 / 4;
  const movingWidth = Math.floor(0.9 * Math.min(width, height * aspect));
  const movingHeight = Math.floor(movingWidth / aspect);
  const moving = centred(width, height, movingWidth, movingHeight, 0.4);
  const faceSide = Math.floor(movingWidth * 0.45);
  const face = centred(movingWidth, movingHeight, faceSide, faceSide, 0.45);
  return {
    moving,
    face: [face[0] + moving[0], face[1] + moving[1], face[2] + moving[0], face[3] + moving[1]],
  };
}

function centred(width: number, height: number, innerWidth: number, innerHeight: number, share: number): Box {
  const left = Math.floor((width - innerWidth) / 2);
  const top = Math.floor((height - innerHeight) * share);
  return [left, top, left + innerWidth, top + innerHeight];
}

/** True for a box inside the picture. */
export function isBoxIn({ width, height }: PictureFacts, box: unknown): box is Box {
  if (!Array.isArray(box) || box.length !== 4 || !box.every((side) => Number.isInteger(side) && side >= 0))
    return false;
  const [left, top, right, bottom] = box as Box;
  return left < right && top < bottom && right <= width && bottom <= height;
}

export function isInside(inner: Box, outer: Box): boolean {
  return inner[0] >= outer[0] && inner[1] >= outer[1] && inner[2] <= outer[2] && inner[3] <= outer[3];
}
