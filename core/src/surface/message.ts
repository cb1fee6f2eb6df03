import type { Json } from "../ground/json.ts";
import type { MediaLink } from "../media/media-links.ts";
import type { PreviewBounds } from "../media/preview.ts";

/** How a message looks: a surface maps it to colours and symbols. */
export type Tone = "info" | "progress" | "success" | "question" | "warning" | "error";

/** What a labelled fact is, for programs: words are for people and change. */
export type MessageFieldKind =
  | "account"
  | "actor"
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
  /** Default none: a fact of its tool's own. */
  kind?: MessageFieldKind;
  /** What it is, in a word or two. */
  label: string;
  /** What it says; one line, though it may be long. */
  value: string;
  /** Worth a copy button: codes, request ids, job ids. */
  copyable?: boolean;
}

/** A stored medium shown with a message. */
export interface MessageMedia {
  /** For `runtime.asset`, `preview` and `mediaLink`, and for any media input. */
  assetId: string;
  /** How it is shown: a picture, or a player. */
  kind: "image" | "audio" | "video";
  /** MIME type by content, e.g. `video/mp4`. */
  type: string;
  /** The original's size. */
  bytes: number;
  /** File name to offer when saving. */
  name: string;
  /** For people who cannot see or hear it. */
  alternative: string;
  /** Pixels, as displayed; absent for sound, and where the file does not tell. */
  width?: number;
  /** Pixels, as displayed. */
  height?: number;
  /** The length of sound and videos; absent where the file does not tell. */
  durationMs?: number;
  /** It is a smaller encode: `link` leads to this original, which was too large for its place. */
  encodedFrom?: { assetId: string; name: string; bytes: number };
  /** Too large for its place: show `runtime.preview` with these bounds instead. */
  encode?: PreviewBounds;
  /** Too large for its place: the original is at this address until it expires. Without `encode` and `encodedFrom`, only the address is shown. */
  link?: MediaLink;
}

/**
 * A button. Pressing it calls `runtime.press({ action, subject, ... })`; one press acts, whoever is first among those allowed.
 * `form` opens the named tool's form with these values instead.
 */
export interface MessageAction {
  /** What the press does. */
  action: string;
  /** What it is about: a job id or a voice id. */
  subject: string;
  /** What stands on it. */
  label: string;
  /** `danger`: it may cost or end something. */
  style: "primary" | "plain" | "danger";
  /** The tool's command, and what its form is filled with. */
  form?: { command: string; input: Record<string, Json> };
}

/**
 * A platform-neutral reply. Every string is plain text: a surface escapes it, so text from people and vendors is inert
 * (no mentions, no markup, no link previews).
 */
export interface Message {
  /** What kind of news it is. */
  tone: Tone;
  /** The first sentence: what happened. */
  title: string;
  /** Further paragraphs. */
  lines?: string[];
  /** Facts below the paragraphs, in this order. */
  fields?: MessageField[];
  /** The paragraphs in full, as a text file to go with the message: `lines` were too long for its place and are cut. */
  overflow?: { name: string; text: string };
  /** What was made, in this order. */
  media?: MessageMedia[];
  /** Buttons, most wanted first. */
  actions?: MessageAction[];
  /** How far work has come; absent when nothing is under way. */
  progress?: {
    /** From 0 to below 1; absent when nothing is known. */
    fraction?: number;
    /** True when the fraction comes from past durations and not from the vendor. */
    estimated: boolean;
    label: string;
  };
  /** A private answer never moves to a more public place. */
  private: boolean;
  /** The job it is about. */
  jobId?: string;
}
