import { createHash } from "node:crypto";
import { discordLimits } from "./limits.ts";

/** What a button or form carries: which action about what, and which delivery its message is. */
export interface CustomId {
  action: string;
  subject: string;
  /** Of the delivery whose message this is; absent in answers and progress. */
  marker?: string;
}

/** The form of these ids; ids of another form are of another program or time. */
const version = "t1";
const markerCharacters = 16;

/** What marks the messages of one delivery. */
export function markerOf(deliveryId: string): string {
  return digest(deliveryId).slice(0, markerCharacters);
}

/** Discord shows one message for equal nonces of one author, for some minutes. */
export function nonceOf(deliveryId: string): string {
  return digest(deliveryId).slice(0, discordLimits.nonceCharacters);
}

/** A short name for any text. */
export function digest(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}

/** Null when it would be longer than Discord allows. */
export function writeCustomId({ action, subject, marker }: CustomId): string | null {
  const id = [version, action, subject, marker ?? ""].map((part) => encodeURIComponent(part)).join(":");
  return id.length <= discordLimits.customIdCharacters ? id : null;
}

/** Null for anything that is not ours. */
export function readCustomId(text: string): CustomId | null {
  const parts = text.split(":");
  if (parts.length !== 4 || parts[0] !== version) {
    return null;
  }
  try {
    const [, action = "", subject = "", marker = ""] = parts.map((part) => decodeURIComponent(part));
    return action === "" ? null : { action, subject, ...(marker === "" ? {} : { marker }) };
  } catch {
    return null;
  }
}
