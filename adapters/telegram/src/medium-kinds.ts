import type { MessageMedia } from "@toolcast/core";
import type { FileSource } from "@toolcast/core/chat";
import { telegramLimits } from "./limits.ts";

/** How Telegram shows a file. */
export const everyKind = ["photo", "video", "animation", "voice", "audio", "document"] as const;
export type MediumKind = (typeof everyKind)[number];

/** What Telegram plays as a voice note (https://core.telegram.org/bots/api#sendvoice). */
const voiceTypes = ["audio/ogg", "audio/opus", "audio/mpeg", "audio/mp4", "audio/x-m4a", "audio/m4a"];
const musicTypes = voiceTypes.filter((type) => !/ogg|opus/.test(type));

/** The ways to show a medium, best first: anything can be sent as a document. */
export function mediumKinds(
  { kind, width = 0, height = 0 }: MessageMedia,
  { contentType: type, bytes }: FileSource,
): MediumKind[] {
  switch (kind) {
    case "image": {
      if (type === "image/gif") {
        return ["animation", "document"];
      }
      const ratio = Math.max(width, height) / Math.max(1, Math.min(width, height));
      const isPhoto =
        width + height <= telegramLimits.photoSides &&
        ratio <= telegramLimits.photoRatio &&
        bytes <= telegramLimits.photoBytes;
      return isPhoto ? ["photo", "document"] : ["document"];
    }
    case "video":
      return type === "video/mp4" ? ["video", "document"] : ["document"];
    case "audio":
      return [
        ...(voiceTypes.includes(type) ? (["voice"] as const) : []),
        ...(musicTypes.includes(type) ? (["audio"] as const) : []),
        "document",
      ];
    default:
      return kind satisfies never;
  }
}
