import type { Asset } from "../media/media.ts";
import type { OperationContext } from "./operation.ts";

/**
 * A medium as an address that contains it. The vendor takes these for the picture that it makes something of and for
 * the sample of a voice, so that nobody has to reach us from outside.
 */
export async function dataAddress(asset: Asset, context: OperationContext): Promise<string> {
  const bytes = await context.read(asset);
  return `data:${asset.type};base64,${Buffer.from(bytes).toString("base64")}`;
}
