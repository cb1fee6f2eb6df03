import type { Locale } from "@toolcast/core";

/** How a message is laid out, besides what it says. */
export interface LayoutOptions {
  locale: Locale;
  /**
   * Whether it is a message without Components V2, which knows words, files and buttons. Default: as it plays a recording or not.
   */
  classic?: boolean;
  /** Of the delivery, so that the message can be found again. */
  marker?: string;
  /** Whom the message names: a user's id. */
  mention?: string;
  /** Buttons that lead somewhere, e.g. back to the request. */
  links?: readonly { label: string; url: string }[];
  /** Further buttons of this adapter. */
  buttons?: readonly { label: string; customId: string }[];
  /** Shown below everything else. */
  note?: string;
  /** Shows no file: where Discord refused them. */
  withoutFiles?: boolean;
}
