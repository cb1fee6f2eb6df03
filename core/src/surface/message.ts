import type { Json } from "../ground/json.ts";
import type { MediaLink } from "../media/media-links.ts";
import type { PreviewBounds } from "../media/preview.ts";

/** The tone of a message, which a surface maps to colours and symbols. */
export type Tone = "info" | "progress" | "success" | "question" | "warning" | "error";

/** The kind of a labelled fact, for programs; its texts are for people and may change. */
export type MessageFieldKind =
  | "account"
  | "actor"
  /** Part of what was asked for: the first to be cut where a place has no room; the job's story has it whole. */
  | "asked"
  | "charged"
  | "code"
  | "cost"
  | "input"
  | "job"
  | "next"
  | "price"
  | "request"
  | "vendor-words";

/** A labelled fact. */
export interface MessageField {
  /** Default none: a fact defined by its tool. */
  kind?: MessageFieldKind;
  /** The label, in a word or two. */
  label: string;
  /** The value; one line, though it may be long. */
  value: string;
  /** Whether people may want to copy it: codes, request ids, job ids. Default false. */
  copyable?: boolean;
  /** Moments that label or value name. Default none. */
  moments?: readonly NamedMoment[];
}

/** A moment within a text: a platform that shows moments in its readers' own time zone and words does so instead. */
export interface NamedMoment {
  /** As it is written in the text. */
  text: string;
  /** Epoch milliseconds. */
  at: number;
  /** How it is best shown: how long ago it was, or to the minute or second. */
  detail: "ago" | "minute" | "second";
}

/** A stored medium shown with a message. */
export interface MessageMedia {
  /** For `runtime.asset`, `preview` and `mediaLink`, and for any media input. */
  assetId: string;
  /** How it is shown: a picture, or a player. */
  kind: "image" | "audio" | "video";
  /** MIME type by content, e.g. `video/mp4`. */
  type: string;
  /** The original's size in bytes. */
  bytes: number;
  /** File name to offer when saving. */
  name: string;
  /** A description for people who cannot see or hear it. */
  alternative: string;
  /** In pixels, as displayed. Left out for sound, and if the file does not state it. */
  width?: number;
  /** In pixels, as displayed. Left out as `width` is. */
  height?: number;
  /** The length of sound and videos in milliseconds. Left out for pictures, and if the file does not state it. */
  durationMs?: number;
  /**
   * For a smaller encode: the original, with its size in bytes, which was too large for its place; `link` points to it.
   * Left out for an original.
   */
  encodedFrom?: { assetId: string; name: string; bytes: number };
  /** Too large for its place: show `runtime.preview` with these bounds instead. Default: the file itself. */
  encode?: PreviewBounds;
  /**
   * Too large for its place: the original is at this address until the address expires. Without `encode` and
   * `encodedFrom`, only the address is shown. Default: no address.
   */
  link?: MediaLink;
}

/** The values that a form offers for one input, e.g. the pictures of one result. */
export interface FieldChoices {
  /** The input's name. */
  field: string;
  /** At least two. */
  choices: { value: string; title: string }[];
}

/**
 * A button. Pressing it calls `runtime.press({ action, subject, ... })`; only the first press by somebody who is
 * allowed to press acts. With `form`, it opens the named tool's form with these values instead.
 */
export interface MessageAction {
  /** What the press does. */
  action: string;
  /** Its subject: a job id, with the question if the button is a decision, or a voice id. */
  subject: string;
  /** The button's text. */
  label: string;
  /** `danger`: it may cost or end something. */
  style: "primary" | "plain" | "danger";
  /** The tool's command, and the values of its form. Left out: the press does `action` itself. */
  form?: { command: string; input: Record<string, Json>; among?: FieldChoices };
  /** `form` is complete: a press starts the tool with these values, without showing the form. Default false. */
  atOnce?: boolean;
}

/**
 * A platform-neutral reply. Every string is plain text: a surface escapes it, which makes text from people and vendors
 * inert (no mentions, no markup, no link previews).
 */
export interface Message {
  /** How it is coloured or marked. */
  tone: Tone;
  /** The first sentence: what happened. */
  title: string;
  /** Further paragraphs. Default none. */
  lines?: string[];
  /**
   * The last paragraph is a text that still grows: where there is no room for it, its end is shown and nothing is
   * attached. Default: nothing grows.
   */
  growing?: boolean;
  /** Moments that title and paragraphs name. Default none. */
  moments?: readonly NamedMoment[];
  /** Facts below the paragraphs, in order. Default none. */
  fields?: MessageField[];
  /**
   * The complete paragraphs, as a text file to send with the message, if `lines` were too long for its place and are
   * cut. Default: nothing was cut.
   */
  overflow?: { name: string; text: string };
  /** The media, in order. Default none. */
  media?: MessageMedia[];
  /** Buttons, most important first. Default none. */
  actions?: MessageAction[];
  /** The progress of work. Left out if none is under way. */
  progress?: {
    /** From 0 to below 1; absent if nothing is known. */
    fraction?: number;
    /** True if the fraction comes from past durations and not from the vendor. */
    estimated: boolean;
    label: string;
  };
  /** A private answer never moves to a more public place. */
  private: boolean;
  /** The job it is about. Left out if it is about none. */
  jobId?: string;
}
