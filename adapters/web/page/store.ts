import { computed, signal } from "@preact/signals";
import type { Json, Message } from "@toolcast/core";
import type { ToolDescription } from "@toolcast/core/surface";
import type {
  AssetView,
  EntryView,
  GalleryItemView,
  JobDetailView,
  JobView,
  StateView,
  UploadEvent,
} from "../src/wire.ts";
import type { Ask } from "./server.ts";

/** What the page knows and shows. Written by `actions.ts` and `live.ts` only. */
export const state = signal<StateView | null>(null);
export const needsLogin = signal(false);
export const connection = signal<"connecting" | "live" | "lost">("connecting");

export const conversation = signal(/^#([\w-]{1,64})$/.exec(location.hash)?.[1] ?? "main");
export const entries = signal<EntryView[]>([]);
export const hasEarlier = signal(false);
/** Sent, and not yet in the conversation. */
export const outbox = signal<Outgoing[]>([]);
export const jobs = signal<JobView[]>([]);

/** The open form, with what it holds at first. */
export const form = signal<{ command: string; input: Record<string, Json> } | null>(null);
export const jobDetail = signal<JobDetailView | null>(null);
/** An answer that belongs to no entry: what a button said, or what went wrong. */
export const remark = signal<Message | null>(null);
/** What the line above the conversation says. */
export const notice = signal<{ tone: "success" | "warning"; text: string } | null>(null);
/** Read out by screen readers. */
export const announcement = signal("");
/** A file that was dropped or pasted and does not belong to a form yet. */
export const looseFile = signal<AssetView | { progress: number; name: string } | null>(null);
/** The person's media, newest first; null until somebody wants to see them. */
export const gallery = signal<GalleryItemView[] | null>(null);
/** How many of them are asked for. */
export const galleryLimit = signal(60);
/** The entry that somebody looked for, to be shown and pointed out. */
export const sought = signal<string | null>(null);
/** The last file that came by an upload link. */
export const arrival = signal<UploadEvent | null>(null);
/** What lies over the conversation. */
export const view = signal<View | null>(null);
export const isJobsOpen = signal(false);
/** Moves every few seconds, for ages. */
export const now = signal(Date.now());

export type View = "conversations" | "search" | "gallery" | "operator";

export interface Outgoing {
  key: string;
  conversation: string;
  ask: Ask;
  isStuck: boolean;
}

export const openJobs = computed(() => jobs.value.filter(({ ended }) => !ended));

export function toolNamed(command: string): ToolDescription | undefined {
  return state.value?.tools.find((tool) => tool.command === command || tool.name === command);
}

/** Adds what the answer to a request brought. The stream may have been faster, and what it said is newer. */
export function addEntries(news: readonly EntryView[]): void {
  const known = new Set(entries.value.map(({ id }) => id));
  mergeEntries(news.filter(({ id }) => !known.has(id)));
}

/** Puts entries in their places; one that is there already is replaced. */
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
