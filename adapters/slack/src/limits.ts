import type { ButtonLimits, FormLimits } from "@toolcast/core/chat";
import type { SurfaceLimits } from "@toolcast/core/surface";

/** Slack's numbers (https://docs.slack.dev/reference), units in the names. */
export const slackLimits = {
  /** How soon an event must be acknowledged and a view opened. */
  acknowledgeWithinMs: 3_000,
  responseUrl: { uses: 5, livesMs: 30 * 60_000 },
  /** All texts of a message's blocks together may have 13,200; the rest is for buttons and framing. */
  blocksCharacters: 11_000,
  fallbackCharacters: 300,
  noteCharacters: 3_000,
  alternativeCharacters: 1_000,
  buttonLabelCharacters: 75,
  optionCharacters: 75,
  optionsPerSelect: 100,
  modalTitleCharacters: 24,
  modalBlocks: 100,
  modalTextCharacters: 3_000,
  labelCharacters: 150,
  fieldErrorCharacters: 2_000,
  metadataCharacters: 3_000,
  elementsPerActions: 25,
  commands: 50,
  commandCharacters: 32,
  descriptionCharacters: 2_000,
  usageHintCharacters: 1_000,
  /** Global ones and those for messages together. */
  shortcuts: 10,
  shortcutNameCharacters: 24,
  shortcutDescriptionCharacters: 150,
} as const;

/** Leaves time before an address expires for a send that is still in progress. */
export const handleUseMs = slackLimits.responseUrl.livesMs - 30_000;

/** For core. Leaves room for titles and facts. */
export const surfaceLimits: SurfaceLimits = {
  mediaPerMessage: 10,
  /** Slack accepts a gigabyte, but nobody waits for more than this. */
  mediaBytes: 200 * 1024 * 1024,
  textCharacters: 8_000,
  textUnit: "utf16",
  buttonsPerMessage: slackLimits.elementsPerActions,
  updateIntervalMs: 3_000,
};

export const buttonLimits: ButtonLimits = {
  buttonIdBytes: 255,
  buttonLabelCharacters: slackLimits.buttonLabelCharacters,
  buttonsPerMessage: slackLimits.elementsPerActions,
  linkCharacters: 3_000,
};

/** What a modal holds; some of its blocks are for the introduction. */
export const formLimits: FormLimits = {
  fields: slackLimits.modalBlocks - 2,
  /** In groups; a form may have 250 kB. */
  choices: slackLimits.optionsPerSelect * 10,
  valueCharacters: slackLimits.optionCharacters,
  textCharacters: slackLimits.modalTextCharacters,
};
