import type { Locale, LocalizedText, Logger, Runtime } from "@toolcast/core";
import type { Clock, Random } from "@toolcast/core/engine";

/** What the console shows and offers while the vendors are sandbox servers. */
export interface SandboxOptions {
  /** Where the sandbox lists every paid start. */
  ledgerUrl?: string;
  /** Words in a prompt that provoke a failure, with an example each. */
  markers?: readonly { marker: string; example: string; summary: LocalizedText }[];
  /** Ends this process at once, as a crash would. Absent: nobody would start it again, so nothing is offered. */
  killServer?: () => void;
  /** Files on this machine offered in forms and used in tools' examples, by name, e.g. `{ video: "/…/face.mp4" }`. */
  samples?: Readonly<Record<string, string | URL>>;
  /** What makes a vendor refuse a text that holds it, e.g. `[[10013]]`: offered as an example. Default: none is. */
  refusal?: string;
}

export interface WebSurfaceOptions {
  /** Whose console it is. */
  runtime: Runtime;
  /** Where `console.sqlite` is kept; made when absent. */
  directory: string;
  /** Tells the time and sets timers. */
  clock: Clock;
  /** Draws ids of conversations and entries. */
  random: Random;
  /** What everybody must know who talks to the console. Without one it answers only on this machine. */
  token?: string;
  /** Further host names by which the console may be opened. Loopback names always are. */
  publicNames?: readonly string[];
  /** Present while the vendors are sandbox servers. */
  sandbox?: SandboxOptions;
  /** For callers whose browser names no language we speak. Default `en`. */
  defaultLocale?: Locale;
  /** The largest upload in bytes. Default 500 MB, the largest file a provider takes. */
  maxUploadBytes?: number;
  /** How often open jobs and other processes' entries are looked at while a page is open, in milliseconds. Default 1,000. */
  refreshMs?: number;
  /** Gets what went wrong on our side. */
  logger?: Pick<Logger, "error">;
}
