import type { Locale, LocalizedText, Logger, Runtime } from "@toolcast/core";
import type { Clock, PostgresStore, Random } from "@toolcast/core/engine";

/** What the console shows and offers when the vendors are sandbox servers. */
export interface SandboxOptions {
  /** Where the sandbox lists every paid start. Default: no link to it. */
  ledgerUrl?: string;
  /** Texts in a prompt that provoke a failure, each with an example. Default: none are shown. */
  markers?: readonly { marker: string; example: string; summary: LocalizedText }[];
  /**
   * Ends this process at once, like a crash. Left out when nothing would restart it: there is then no button for it.
   */
  killServer?: () => void;
  /**
   * Files on this machine to offer in forms and use in tools' examples, by name, e.g. `{ video: "/…/face.mp4" }`.
   * Default none.
   */
  samples?: Readonly<Record<string, string | URL>>;
  /**
   * Makes a vendor refuse a text that contains it, e.g. `[[10013]]`; used for an example of a failure. Default: no such
   * example.
   */
  refusal?: string;
}

export interface WebSurfaceOptions {
  /** The runtime it is a console for. */
  runtime: Runtime;
  /** The directory of `console.sqlite`; created if missing. Not used with a database. */
  directory: string;
  /**
   * The database whose tables take the place of `console.sqlite`, for processes on several hosts; closed by the caller.
   * Default: none.
   */
  database?: PostgresStore["database"];
  /** Gives the time and sets timers. */
  clock: Clock;
  /** Generates ids of conversations and entries. */
  random: Random;
  /** Required from everybody who uses the console. Without one it answers only on this machine. */
  token?: string;
  /**
   * Other host names under which the console may be opened, without scheme and port, in any case. Default none:
   * loopback names always work, and with a token numeric addresses.
   */
  publicNames?: readonly string[];
  /** What to show and offer if the vendors are sandbox servers. Left out: the vendors are real. */
  sandbox?: SandboxOptions;
  /** For callers whose browser asks for no supported language. Default `en`. */
  defaultLocale?: Locale;
  /** The largest upload in bytes. Default 500 MB, the largest file a provider accepts. */
  maxUploadBytes?: number;
  /**
   * How often open jobs and other processes' entries are checked while a page is open, in milliseconds. Default 1,000.
   */
  refreshMs?: number;
  /** Receives errors on our side. Default: they are not logged. */
  logger?: Pick<Logger, "error">;
}
