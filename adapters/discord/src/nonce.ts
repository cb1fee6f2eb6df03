import { digest } from "@toolcast/core/chat";
import { discordLimits } from "./limits.ts";

/** Discord shows messages of one author with equal nonces only once, for some minutes. */
export function nonceOf(deliveryId: string): string {
  return digest(deliveryId).slice(0, discordLimits.nonceCharacters);
}
