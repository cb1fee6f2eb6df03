import type { FormLimits, SuggestLimits } from "@toolcast/core/chat";
import type { SurfaceLimits } from "@toolcast/core/surface";

const mebibyte = 1024 * 1024;

/** Discord's numbers (https://docs.discord.com/developers), units in the names. */
export const discordLimits = {
  /** An interaction not answered within this time is lost. */
  acknowledgeWithinMs: 3_000,
  /** How long an interaction's token works. */
  tokenMs: 15 * 60_000,
  /** All texts of a Components V2 message together; it has no other place for text. */
  textCharacters: 4_000,
  /** The text of a message without Components V2. */
  contentCharacters: 2_000,
  components: 40,
  buttonsPerRow: 5,
  /** Four rows: a container's other parts take the rest of its components. */
  buttonsPerMessage: 20,
  buttonLabelCharacters: 80,
  /** For ASCII characters, as in our ids. */
  buttonIdBytes: 100,
  linkCharacters: 512,
  galleryItems: 10,
  alternativeCharacters: 1_024,
  attachments: 10,
  /** Used when the interaction does not state a limit. */
  attachmentBytes: 10 * mebibyte,
  /** The same for everybody in a server, by its `premium_tier`. */
  attachmentBytesByTier: [10 * mebibyte, 10 * mebibyte, 50 * mebibyte, 100 * mebibyte],
  requestBytes: 25 * mebibyte,
  commandNameCharacters: 32,
  descriptionCharacters: 100,
  options: 25,
  /** Entries of ours in the menu of a message. */
  messageMenus: 15,
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

/** Reserved at the end of a token's life for a send that is still in progress. */
const tokenReserveMs = 30_000;
/** How long after its arrival a token is used. */
export const tokenUseMs = discordLimits.tokenMs - tokenReserveMs;
/** Room for the rest of a request: texts, buttons and the framing of the form data. */
const framingBytes = 256 * 1024;
/** All files of one message together. */
export const filesBytes = discordLimits.requestBytes - framingBytes;

/** For core. Leaves room for the markup around texts and for what escaping adds. */
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

/** Suggestions while a person types; Discord waits for them as long as for a first answer. */
export const suggestLimits: SuggestLimits = {
  limit: discordLimits.choices,
  valueCharacters: discordLimits.choiceCharacters,
  labelCharacters: discordLimits.choiceCharacters,
  withinMs: 2_000,
};

/** What a modal holds. */
export const formLimits: FormLimits = {
  valueCharacters: discordLimits.choiceCharacters,
  fields: discordLimits.modalFields,
  choices: discordLimits.choices,
  textCharacters: discordLimits.modalTextCharacters,
};
