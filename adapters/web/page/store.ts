import { computed, signal } from "@preact/signals";
import type { Json, Message } from "@toolcast/core";
import type { ToolDescription } from "@toolcast/core/surface";
import type {
  AssetView,
  DeletableItem,
  EntryView,
  GalleryItemView,
  JobDetailView,
  JobView,
  StateView,
  UploadEvent,
  VoiceView,
} from "../src/wire.ts";
import type { Ask } from "./server.ts";

/** What the page knows and shows. Written only by `actions.ts` and `live.ts`. */
export const state = signal<StateView | null>(null);
export const needsLogin = signal(false);
export const connection = signal<"connecting" | "live" | "lost">("connecting");

export const conversation = signal(/^#([\w-]{1,64})$/.exec(location.hash)?.[1] ?? "main");
export const entries = signal<EntryView[]>([]);
export const hasEarlier = signal(false);
/** Requests that the server has not answered yet; this browser keeps them. */
export const outbox = signal<Outgoing[]>([]);
export const jobs = signal<JobView[]>([]);

/** The open form, with its initial values. */
export const form = signal<{ command: string; input: Record<string, Json> } | null>(null);
export const jobDetail = signal<JobDetailView | null>(null);
/** An answer that belongs to no entry: a button's reply, or an error. */
export const remark = signal<Message | null>(null);
/** What the banner above the conversation says. */
export const notice = signal<Notice | null>(null);
/** Read out by screen readers. */
export const announcement = signal("");
/** A dropped or pasted file that does not belong to a form yet. */
export const looseFile = signal<AssetView | { progress: number; name: string } | null>(null);
/** A file is being dragged over the page. */
export const isDragging = signal(false);
/** The person's media, newest first; null until they are first opened. */
export const gallery = signal<GalleryItemView[] | null>(null);
/** How many of them to request. */
export const galleryLimit = signal(60);
/** The person's own voices; null until they are first opened. */
export const voices = signal<VoiceView[] | null>(null);
/** What the person is asked about before it is deleted. */
export const deletion = signal<{ items: DeletableItem[]; message: Message } | null>(null);
/** The entry chosen in a search, to scroll to and highlight. */
export const sought = signal<string | null>(null);
/** The last file that arrived through an upload link. */
export const arrival = signal<UploadEvent | null>(null);
/** What is open over the conversation. */
export const view = signal<View | null>(null);
export const isJobsOpen = signal(false);
/** Updated every few seconds, so that relative times stay current. */
export const now = signal(Date.now());

export type View = "conversations" | "search" | "gallery" | "voices" | "operator";

/** `text`: in the language of the page, which may change while it is shown. */
export interface Notice {
  tone: "success" | "warning";
  text: () => string;
}

const noticeMs = 15_000;

/** Shows a sentence in the banner for a while. */
export function showNotice(tone: Notice["tone"], text: Notice["text"]): void {
  const shown = { tone, text };
  notice.value = shown;
  setTimeout(() => {
    if (notice.value === shown) {
      notice.value = null;
    }
  }, noticeMs);
}

export interface Outgoing {
  key: string;
  conversation: string;
  ask: Ask;
  /** When it was typed. */
  at: number;
  /** The server could not be reached, and it is tried again. */
  isStuck: boolean;
}

export const openJobs = computed(() => jobs.value.filter(({ ended }) => !ended));

export function toolNamed(command: string): ToolDescription | undefined {
  return state.value?.tools.find((tool) => tool.command === command || tool.name === command);
}

/** Adds the entries of a request's answer. The stream may already have delivered newer versions, which are kept. */
export function addEntries(news: readonly EntryView[]): void {
  const known = new Set(entries.value.map(({ id }) => id));
  mergeEntries(news.filter(({ id }) => !known.has(id)));
}

/** Inserts entries in order, replacing those already there. */
export function mergeEntries(news: readonly EntryView[]): void {
  const here = news.filter((entry) => entry.conversation === conversation.value);
  if (here.length > 0) {
    const byId = new Map([...entries.value, ...here].map((entry) => [entry.id, entry]));
    entries.value = [...byId.values()].sort((one, other) => one.sequence - other.sequence);
  }
}

export function mergeJob(job: JobView): void {
  const others = jobs.value.filter(({ id }) => id !== job.id);
  jobs.value = [...others, job].sort((one, other) => other.createdAt - one.createdAt);
}
