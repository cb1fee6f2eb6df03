import type { Locale } from "@toolcast/core";
import type { ButtonOptions } from "@toolcast/core/chat";

/** How a message is laid out, besides what it says. */
export interface LayoutOptions extends Pick<ButtonOptions, "marker" | "buttons" | "links"> {
  locale: Locale;
  /**
   * Whether it is a message without Components V2, which knows words, files and buttons. Default: as it plays a recording or not.
   */
  asContent?: boolean;
  /** Whom the message names: a user's id. */
  mention?: string;
  /** Shown below everything else. */
  note?: string;
  /** Shows no file: where Discord refused them. */
  withoutFiles?: boolean;
}
