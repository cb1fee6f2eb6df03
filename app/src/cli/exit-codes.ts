/** What a command's exit code says; scripts rely on it. */
export const exitCodes = {
  done: 0,
  /** The work was asked for correctly and failed. */
  failed: 1,
  /** The request was wrong: unknown command or flag, bad value, bad configuration. Nothing was done. */
  usage: 2,
  /** Ctrl-C. */
  interrupted: 130,
} as const;
