import type { FormLimits } from "@toolcast/core/chat";
import type { SurfaceLimits } from "@toolcast/core/surface";

const mebibyte = 1024 * 1024;

/** The Bot API's numbers (https://core.telegram.org/bots/api), units in the names; texts in UTF-16 units. */
export const telegramLimits = {
  textCharacters: 4_096,
  captionCharacters: 1_024,
  photoBytes: 10 * mebibyte,
  /** Width and height of a photo together, in pixels. */
  photoSides: 10_000,
  /** The longer side of a photo divided by the shorter. */
  photoRatio: 20,
  albumItems: 10,
  buttonIdBytes: 64,
  /** Not Telegram's limit: what clients show without cutting it off. */
  buttonLabelCharacters: 40,
  buttonsPerRow: 2,
  buttonsPerMessage: 20,
  linkCharacters: 2_000,
  alertCharacters: 200,
  placeholderCharacters: 64,
  inlineResults: 50,
  commands: 100,
  commandNameCharacters: 32,
  descriptionCharacters: 256,
  updatesAtOnce: 100,
  /** How long getUpdates waits on Telegram's side, in seconds. */
  pollSeconds: 50,
} as const;

/** What a server accepts from a bot and serves to it. */
export interface ServerLimits {
  /** The largest file that getFile serves, in bytes. */
  downloadBytes: number;
  /** For core. */
  surface: SurfaceLimits;
}

/**
 * The limits of Telegram's cloud, or of a self-hosted Bot API server in local mode
 * (https://github.com/tdlib/telegram-bot-api).
 */
export function serverLimits({ isLocal }: { isLocal: boolean }): ServerLimits {
  return isLocal
    ? { downloadBytes: 2_000 * mebibyte, surface: { ...surfaceLimits, mediaBytes: 2_000 * mebibyte } }
    : { downloadBytes: 20 * mebibyte, surface: surfaceLimits };
}

/** Leaves room for the characters that make foreign text inert. */
const surfaceLimits: SurfaceLimits = {
  mediaPerMessage: telegramLimits.albumItems,
  mediaBytes: 50 * mebibyte,
  mediaBytesByKind: { image: telegramLimits.photoBytes },
  textCharacters: 3_600,
  captionCharacters: 900,
  textUnit: "utf16",
  buttonsPerMessage: telegramLimits.buttonsPerMessage,
  buttonsPerRow: telegramLimits.buttonsPerRow,
  updateIntervalMs: 4_000,
};

/** Inputs are asked for one at a time; a longer list of choices is asked for as text. */
export const questionLimits: FormLimits = {
  choices: 16,
  textCharacters: telegramLimits.textCharacters,
};
