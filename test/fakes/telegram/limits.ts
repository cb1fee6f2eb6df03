const mebibyte = 1024 * 1024;

/** Limits of the Bot API. Text is counted in UTF-16 code units after entities are parsed. */
export const telegramLimits = {
  textUnits: 4096,
  captionUnits: 1024,
  callbackDataBytes: 64,
  callbackAnswerUnits: 200,
  albumItems: { min: 2, max: 10 },
  commands: 100,
  commandName: 32,
  commandDescription: 256,
  inlineResults: 50,
  inlineResultIdBytes: 64,
  /** The server drops further rows and buttons: clients show no more. */
  keyboardButtons: 100,
  keyboardButtonsInRow: 8,
  copyTextUnits: 256,
  placeholderUnits: 64,
  photoBytes: 10 * mebibyte,
  uploadBytes: 50 * mebibyte,
  downloadBytes: 20 * mebibyte,
  /** The limit of a self-hosted Bot API server. */
  localUploadBytes: 2000 * mebibyte,
  photoSidesSum: 10_000,
  photoRatio: 20,
  urlPhotoBytes: 5 * mebibyte,
  urlFileBytes: 20 * mebibyte,
  urlVoiceBytes: mebibyte,
  guestAnswers: 1,
  /** How soon an ephemeral message must follow what it answers, unless the bot is an administrator. */
  ephemeralAnswerMs: 15_000,
  draftShownMs: 30_000,
  chatActionMs: 5_000,
  callbackAnswerMs: 15 * 60_000,
  inlineAnswerMs: 10_000,
  fileLinkMs: 60 * 60_000,
  updateKeptMs: 24 * 60 * 60_000,
  deletableMs: 48 * 60 * 60_000,
  webhookConnections: { min: 1, max: 100, usual: 40 },
  updatesAtOnce: 100,
  logOutMs: 10 * 60_000,
} as const;
