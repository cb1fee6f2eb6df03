/** What the console's server and its page say to each other, as JSON. Documented for people in ../README.md. */
import type { Json, Locale, Message } from "@toolcast/core";
import type { PhaseName } from "@toolcast/core/engine";
import type { ToolDescription } from "@toolcast/core/surface";

/** One line of a conversation. */
export interface EntryView {
  /** Rises with every entry, over all conversations; also the id of its server-sent event. */
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
  /** A request, as it was typed. */
  text?: string;
  /** A request that came from a form or a button. */
  form?: { command: string; input: Record<string, Json> };
  /** A reply or a result. */
  message?: Message;
  /** The job it is about, as it stands now. */
  job?: { id: string; phase: PhaseName; ended: boolean };
  /** The rest of the story stands further down: show one line. */
  collapsed?: boolean;
}

/** One job of the person, for the side panel. */
export interface JobView {
  id: string;
  /** The tool's title. */
  title: string;
  /** What it was asked to do, in one line; empty when the tool has no main input. */
  about: string;
  phase: PhaseName;
  ended: boolean;
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
  /** What the person called it; else its first request. */
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
  width?: number;
  height?: number;
  durationMs?: number;
}

/** One of the person's stored media: an upload, or what a job made. */
export interface GalleryItemView extends AssetView {
  /** File extension by content, without a dot. */
  extension: string;
  codec?: string;
  createdAt: number;
  /** The job that made it; absent for uploads. */
  jobId?: string;
  /** What the job was asked for: its main input, else the tool's title. */
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
  /** Names this run of the server: another one means that it was restarted. */
  instance: string;
  locale: Locale;
  person: { id: string; name: string; operator: boolean };
  tools: ToolDescription[];
  /** Absent outside the sandbox. */
  sandbox?: SandboxView;
  conversations: ConversationView[];
  maxUploadBytes: number;
}

/** Where something was found; the three parts make one line. */
export interface ExcerptView {
  before: string;
  /** Empty when the place cannot be pointed at. */
  match: string;
  after: string;
}

/** An entry that was found. */
export interface SearchResultView extends Pick<EntryView, "sequence" | "id" | "conversation" | "at" | "kind"> {
  excerpt: ExcerptView;
}

/** What an operator looks at. */
export interface OverviewView {
  /** Why nothing paid is started and nothing delivered: the store is a copy. Null as a rule. */
  held: string | null;
  /** Why people on some platform get no answers now, one sentence each. */
  away: string[];
  /** In the order of a job's life. */
  phases: { phase: PhaseName; title: string; count: number }[];
  /** Jobs of everybody that wait for a decision, newest first. */
  waiting: { job: JobView; person: string; surface: string }[];
  /** What was charged, newest day first. `day`: `2026-11-21`; `unit` in the reader's language. */
  spend: { day: string; provider: string; unit: string; person: string; amount: number }[];
  /** What was probably charged beside that, likewise; `unpriced`: how many further starts have an amount nobody knows. */
  probable: { day: string; provider: string; unit: string; person: string; amount: number; unpriced: number }[];
  providers: {
    id: string;
    title: string;
    running: number;
    concurrent: number;
    /** For how long it is still left alone because it does not answer; null when it may be asked. */
    restsForMs: number | null;
  }[];
}

/** A link by which one file can be uploaded from another device. */
export interface NewUploadLinkView {
  id: string;
  /** To be put behind the address by which the other device reaches the console. Told only now. */
  path: string;
  remainingMs: number;
}

/** What became of a link; `asset` is what arrived. */
export interface UploadLinkView {
  id: string;
  state: "open" | "taken" | "used" | "expired";
  remainingMs: number;
  asset?: AssetView;
}

/** What the page behind a link may know. */
export interface UploadPlaceView extends Pick<UploadLinkView, "state" | "remainingMs"> {
  kind?: AssetView["kind"];
  maxBytes: number;
}

/** A file arrived by a link. */
export interface UploadEvent {
  link: string;
  asset: GalleryItemView;
}

/** A conversation was renamed, removed or brought back. */
export interface ConversationsEvent {
  id: string;
}

export interface HelloEvent {
  instance: string;
  /** The newest entry there is. */
  sequence: number;
  /** Jobs that go on by themselves. */
  openJobs: number;
}

/** Every answer that is no success. */
export interface ErrorView {
  error: Message;
  /** The input at fault. */
  field?: string;
  /** What was added to the conversation all the same. */
  entries?: EntryView[];
}

/** The answer to a request or a press. */
export interface OutcomeView {
  outcome: "answer" | "job";
  /** The same idempotency key was known. */
  repeated: boolean;
  message: Message;
  entries: EntryView[];
  jobId?: string;
  data?: Json;
}
