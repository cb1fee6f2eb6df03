import type { Locale } from "@toolcast/core";
import type { ButtonOptions } from "@toolcast/core/chat";

/** How a message is laid out, apart from its content. */
export interface LayoutOptions extends Pick<ButtonOptions, "marker" | "buttons" | "links"> {
  locale: Locale;
  /**
   * Whether it is a message without Components V2, which holds text, files and buttons. Default: only when it plays a
   * recording.
   */
  asContent?: boolean;
  /** The id of the user to mention. */
  mention?: string;
  /** Shown below everything else. */
  note?: string;
  /** Leaves the files out, after Discord refused them. */
  withoutFiles?: boolean;
}
