import { digest } from "@toolcast/core/chat";
import { discordLimits } from "./limits.ts";

/** Discord shows one message for equal nonces of one author, for some minutes. */
export function nonceOf(deliveryId: string): string {
  return digest(deliveryId).slice(0, discordLimits.nonceCharacters);
}
