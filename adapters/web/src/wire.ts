/** The JSON that the console's server and its page exchange. Documented for people in ../README.md. */
import type { Json, Locale, Message } from "@toolcast/core";
import type { PhaseName } from "@toolcast/core/engine";
import type { ToolDescription } from "@toolcast/core/surface";

/** One line of a conversation. */
export interface EntryView {
  /** Increases with every entry, across all conversations; also the id of its server-sent event. */
  sequence: number;
  /** Unique. A delivered result has its delivery's id. */
  id: string;
  conversation: string;
  /** Epoch milliseconds. */
  at: number;
  /** What the person asked, the first answer to it (kept up to date while a job runs), or what was delivered later. */
  kind: "request" | "reply" | "result";
  /** The request that a reply answers. */
  replyTo?: string;
  /** A request as it was typed. */
  text?: string;
  /** A request that came from a form or a button. */
  form?: { command: string; input: Record<string, Json> };
  /** A reply or a result. */
  message?: Message;
  /** The job it is about, in its current state. */
  job?: { id: string; phase: PhaseName; ended: boolean };
  /** The outcome is shown further down: show this entry as one line. */
  collapsed?: boolean;
}

/** One job of the person, for the side panel. */
export interface JobView {
  id: string;
  /** The tool's title. */
  title: string;
  /** What was asked for, in one line; empty when the tool has no main input. */
  about: string;
  phase: PhaseName;
  ended: boolean;
  /** Whether it is the person's own; operators see everybody's. */
  own: boolean;
  conversation: string;
  createdAt: number;
  updatedAt: number;
  message: Message;
}

export interface JobDetailView extends JobView {
  /** The job with its whole timeline, for people. */
  timeline: Message;
  /** The same for programs. */
  json: Json;
}

export interface ConversationView {
  id: string;
  /** The name the person gave it, otherwise its first request. */
  title: string;
  /** True when the person chose the title. */
  named: boolean;
  lastAt: number;
}

/** An uploaded, sampled or earlier medium that a form can name by its id. */
export interface AssetView {
  id: string;
  kind: "image" | "audio" | "video";
  type: string;
  name: string;
  bytes: number;
  /** File extension by content, without a dot. */
  extension: string;
  codec?: string;
  width?: number;
  height?: number;
  durationMs?: number;
}

/** One of the person's stored media: an upload, or what a job made. */
export interface GalleryItemView extends AssetView {
  createdAt: number;
  /** The job that made it; absent for uploads. */
  jobId?: string;
  /** What was asked for: the job's main input, otherwise the tool's title. */
  about?: string;
}

/** Something to try with one press. */
export interface StarterView {
  title: string;
  command: string;
  input: Record<string, Json>;
}

export interface SandboxView {
  ledgerUrl?: string;
  canKill: boolean;
  markers: { marker: string; example: string; summary: string }[];
  samples: AssetView[];
  starters: StarterView[];
}

export interface StateView {
  /** Identifies this run of the server: a different one means that it was restarted. */
  instance: string;
  locale: Locale;
  person: { id: string; name: string; operator: boolean };
  tools: ToolDescription[];
  /** Present only in the sandbox. */
  sandbox?: SandboxView;
  conversations: ConversationView[];
  maxUploadBytes: number;
}

/** Where something was found; the three parts form one line. */
export interface ExcerptView {
  before: string;
  /** Empty when the match cannot be located. */
  match: string;
  after: string;
}

/** An entry that was found. */
export interface SearchResultView extends Pick<EntryView, "sequence" | "id" | "conversation" | "at" | "kind"> {
  excerpt: ExcerptView;
}

/** What the operator's page shows. */
export interface OverviewView {
  /** Why no paid work is started and nothing delivered, because the store is a copy. Usually null. */
  held: string | null;
  /** Why people on a platform get no answers at the moment, one sentence for each. */
  away: string[];
  /** In the order of a job's life. */
  phases: { phase: PhaseName; title: string; count: number }[];
  /** Everybody's jobs that await a decision, newest first. */
  waiting: { job: JobView; person: string; surface: string }[];
  /** What was charged, newest day first. `day`: `2026-11-21`; `unit` in the reader's language. */
  spend: { day: string; provider: string; unit: string; person: string; amount: number }[];
  /**
   * What was probably charged in addition, in the same form; `unpriced`: how many more starts have an unknown amount.
   */
  probable: { day: string; provider: string; unit: string; person: string; amount: number; unpriced: number }[];
  providers: {
    id: string;
    title: string;
    running: number;
    concurrent: number;
    /** How long the provider is still avoided because it does not answer; null when it is in use. */
    restsForMs: number | null;
  }[];
}

/** A link by which one file can be uploaded from another device. */
export interface NewUploadLinkView {
  id: string;
  /** The path to append to the address at which the other device reaches the console. Given only once. */
  path: string;
  remainingMs: number;
}

/** A link's state; `asset` is what arrived. */
export interface UploadLinkView {
  id: string;
  state: "open" | "taken" | "used" | "expired";
  remainingMs: number;
  asset?: AssetView;
}

/** What a link's page may know. */
export interface UploadPlaceView extends Pick<UploadLinkView, "state" | "remainingMs"> {
  kind?: AssetView["kind"];
  maxBytes: number;
}

/** A file arrived through a link. */
export interface UploadEvent {
  link: string;
  asset: GalleryItemView;
}

/** Something that the person can delete. */
export interface DeletableItem {
  kind: "file" | "voice" | "job" | "conversation";
  id: string;
}

/** A question before deleting, or what was deleted. */
export interface DeletionView {
  message: Message;
  /** Everything that is gone; empty for a question. */
  removed: DeletableItem[];
}

/** One of the person's own voices. */
export interface VoiceView {
  id: string;
  name: string;
  /** What it is and with whom it is shared, with its buttons. */
  message: Message;
}

/** A job was deleted, with everything said about it. */
export interface JobDeletedEvent {
  id: string;
}

/** A conversation was renamed, removed or brought back. */
export interface ConversationsEvent {
  id: string;
}

export interface HelloEvent {
  instance: string;
  /** The newest entry. */
  sequence: number;
  /** Jobs that advance without a person. */
  openJobs: number;
}

/** The body of every error answer. */
export interface ErrorView {
  error: Message;
  /** The invalid input. */
  field?: string;
  /** Entries added to the conversation anyway. */
  entries?: EntryView[];
}

/** The answer to a request or a button press. */
export interface OutcomeView {
  outcome: "answer" | "job";
  /** The idempotency key was already known. */
  repeated: boolean;
  message: Message;
  entries: EntryView[];
  jobId?: string;
  data?: Json;
}
