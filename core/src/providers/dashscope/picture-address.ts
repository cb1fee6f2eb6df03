import type { Asset } from "../../media/media.ts";
import type { OperationContext } from "../operation.ts";

/**
 * A picture as an address that contains it. The vendor takes these where it makes something of a picture, so that
 * nobody has to reach us from outside.
 */
export async function pictureAddress(image: Asset, context: OperationContext): Promise<string> {
  const bytes = await context.read(image);
  return `data:${image.type};base64,${Buffer.from(bytes).toString("base64")}`;
}
