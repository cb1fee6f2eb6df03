import type { ConversationsEvent, EntryView, HelloEvent, JobDeletedEvent, JobView, UploadEvent } from "../src/wire.ts";
import { forgetJob } from "./forget-job.ts";
import { sentences } from "./format.ts";
import { locale } from "./locale.ts";
import { afterRestart, restartText } from "./restart.ts";
import {
  announcement,
  arrival,
  connection,
  conversation,
  entries,
  mergeEntries,
  mergeJob,
  openJobs,
  showNotice,
  state,
  view,
} from "./store.ts";
import { t } from "./strings.ts";

const reconnectMs = 1_000;

let source: EventSource | undefined;
let retry: ReturnType<typeof setTimeout> | undefined;
/** The last known run of the server, kept across reconnections to notice a restart. */
let lastInstance: string | undefined;

/** What to read from the server again when an event says that it has changed. */
export interface Reloads {
  /** The conversation and everything around it. False if it could not be read, or is being read again. */
  load: () => Promise<boolean>;
  refreshGallery: () => Promise<void>;
  refreshState: () => Promise<void>;
}

/** Listens for what is added after `sequence`; reconnects until the connection holds. */
export function connect(sequence: number, reloads: Reloads): void {
  const { load, refreshGallery, refreshState } = reloads;
  clearTimeout(retry);
  source?.close();
  let seen = sequence;
  const query = new URLSearchParams({ conversation: conversation.value, locale: locale.value, after: String(seen) });
  const current = new EventSource(`/api/events?${query}`);
  source = current;
  current.addEventListener("hello", (event) => void hello(JSON.parse(event.data) as HelloEvent, load));
  current.addEventListener("entry", (event) => {
    const entry = JSON.parse(event.data) as EntryView;
    seen = Math.max(seen, entry.sequence);
    mergeEntries([entry]);
    if (entry.message?.media !== undefined && view.value === "gallery") {
      void refreshGallery();
    }
    if (entry.message !== undefined) {
      const { title, lines = [] } = entry.message;
      announcement.value = sentences([t("arrived", { title }), ...lines.slice(0, 1)]);
    }
  });
  current.addEventListener("entry-changed", (event) => {
    const entry = JSON.parse(event.data) as EntryView;
    const before = entries.value.find(({ id }) => id === entry.id)?.message?.title;
    // A reply that is shortened because its result follows is not announced.
    if (entry.collapsed !== true && entry.message !== undefined && entry.message.title !== before) {
      announcement.value = entry.message.title;
    }
    mergeEntries([entry]);
  });
  current.addEventListener("job", (event) => mergeJob(JSON.parse(event.data) as JobView));
  current.addEventListener("job-deleted", (event) => forgetJob((JSON.parse(event.data) as JobDeletedEvent).id));
  current.addEventListener("conversations", (event) => {
    const { id } = JSON.parse(event.data) as ConversationsEvent;
    void (id === conversation.value ? load() : refreshState());
  });
  current.addEventListener("upload", (event) => {
    const news = JSON.parse(event.data) as UploadEvent;
    arrival.value = news;
    announcement.value = t("arrived", { title: news.asset.name });
    if (view.value === "gallery") {
      void refreshGallery();
    }
  });
  current.addEventListener("error", () => {
    current.close();
    if (connection.value !== "connecting" || state.value !== null) {
      connection.value = "lost";
    }
    retry = setTimeout(() => (state.value === null ? void load() : connect(seen, reloads)), reconnectMs);
  });
}

async function hello({ instance }: HelloEvent, load: Reloads["load"]): Promise<void> {
  const wasLost = connection.value === "lost";
  const isRestarted = lastInstance !== undefined && lastInstance !== instance;
  lastInstance = instance;
  connection.value = "live";
  if (!isRestarted && !wasLost) {
    return;
  }
  const before = openJobs.value.map(({ id }) => id);
  if (!isRestarted) {
    showNotice("success", () => t("reconnected"));
    void load();
  } else if (await load()) {
    const after = afterRestart(before);
    showNotice("success", () => restartText(after));
  }
}
