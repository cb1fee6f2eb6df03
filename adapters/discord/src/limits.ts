import type { FormLimits, SuggestLimits } from "@toolcast/core/chat";
import type { SurfaceLimits } from "@toolcast/core/surface";

/** Discord's numbers (https://docs.discord.com/developers), units in the names. */
export const discordLimits = {
  /** An interaction that has had no answer by then is lost. */
  acknowledgeWithinMs: 3_000,
  /** How long an interaction's token works. */
  tokenMs: 15 * 60_000,
  /** A Components V2 message's texts together; it has no other place for words. */
  textCharacters: 4_000,
  /** The words of a message without them. */
  contentCharacters: 2_000,
  components: 40,
  buttonsPerRow: 5,
  /** Four rows: a container's other parts take the rest of its components. */
  buttonsPerMessage: 20,
  buttonLabelCharacters: 80,
  /** Of ASCII characters, as ours are. */
  buttonIdBytes: 100,
  linkCharacters: 512,
  galleryItems: 10,
  alternativeCharacters: 1_024,
  attachments: 10,
  /** Where the interaction does not say. */
  attachmentBytes: 10 * 1024 * 1024,
  requestBytes: 25 * 1024 * 1024,
  commandNameCharacters: 32,
  descriptionCharacters: 100,
  options: 25,
  choices: 25,
  choiceCharacters: 100,
  optionTextCharacters: 6_000,
  /** Names, descriptions and values of one command together. */
  commandCharacters: 8_000,
  modalTitleCharacters: 45,
  modalFields: 5,
  labelCharacters: 45,
  modalTextCharacters: 4_000,
  nonceCharacters: 25,
  messagesPerPage: 100,
} as const;

/** Left of a token's life for a send that is on its way when it ends. */
const tokenReserveMs = 30_000;
/** How long a token is used after it came. */
export const tokenUseMs = discordLimits.tokenMs - tokenReserveMs;
/** The rest of a request: texts, buttons, the form's own framing. */
const framingBytes = 256 * 1024;
/** All files of one message together. */
export const filesBytes = discordLimits.requestBytes - framingBytes;

/** For core. Room is left for the markup around texts and for what escaping adds. */
export const surfaceLimits: SurfaceLimits = {
  mediaPerMessage: discordLimits.attachments,
  mediaBytes: discordLimits.attachmentBytes,
  /** The media of one request; the rest of it is text, buttons and framing. */
  messageBytes: filesBytes,
  textCharacters: 3_000,
  textUnit: "utf16",
  buttonsPerMessage: discordLimits.buttonsPerMessage,
  buttonsPerRow: discordLimits.buttonsPerRow,
  updateIntervalMs: 3_000,
};

/** Suggestions while a person types; Discord waits for them as long as for any first answer. */
export const suggestLimits: SuggestLimits = {
  limit: discordLimits.choices,
  valueCharacters: discordLimits.choiceCharacters,
  labelCharacters: discordLimits.choiceCharacters,
  withinMs: 2_000,
};

/** What a modal holds. */
export const formLimits: FormLimits = {
  fields: discordLimits.modalFields,
  choices: discordLimits.choices,
  textCharacters: discordLimits.modalTextCharacters,
};
