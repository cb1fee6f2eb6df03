import { createHash } from "node:crypto";
import type { Logger } from "../ground/logger.ts";
import { say } from "../messages/sentence.ts";
import type { State } from "../state/open-state.ts";

interface IdentityOptions {
  secretKey: Uint8Array;
  publicUrl?: string;
  state: State;
  logger: Logger;
}

/** Some vendors identify an avatar by the address of its video, so we warn the operator when all addresses change. */
export async function warnOfNewIdentity({ secretKey, publicUrl, state, logger }: IdentityOptions): Promise<void> {
  const identity = createHash("sha256")
    .update(secretKey)
    .update(publicUrl ?? "")
    .digest("base64url");
  const settings = state.keyv("installation");
  const known = await settings.get<string>("identity");
  if (publicUrl !== undefined && known !== undefined && known !== identity) {
    logger.warn({}, say({ key: "identity.changed" }, "en"));
  }
  await settings.set("identity", identity);
}
