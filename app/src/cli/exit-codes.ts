/** The meanings of a command's exit codes; scripts rely on them. */
export const exitCodes = {
  done: 0,
  /** The request was valid, but the work failed. */
  failed: 1,
  /** The request was wrong: unknown command or flag, bad value, bad configuration. Nothing was done. */
  usage: 2,
  /** Ctrl-C. */
  interrupted: 130,
} as const;
