import type { Locale, Message, MessageAction } from "@toolcast/core";
import type { ToolDescription } from "@toolcast/core/surface";
import type { EntryView, SearchResultView } from "../src/wire.ts";
import { newConversationId, newKey } from "./conversation-id.ts";
import { landing } from "./focus.ts";
import { connect } from "./live.ts";
import { setLocale } from "./locale.ts";
import { deliverAll, send, sendLater } from "./outbox.ts";
import { type Ask, ServerError, server } from "./server.ts";
import {
  addEntries,
  conversation,
  entries,
  form,
  gallery,
  galleryLimit,
  hasEarlier,
  isJobsOpen,
  jobDetail,
  jobs,
  looseFile,
  needsLogin,
  outbox,
  remark,
  showNotice,
  sought,
  state,
} from "./store.ts";
import { labelled, t } from "./strings.ts";
import { remember } from "./typed.ts";

let loads = 0;

const reloads = { load, refreshGallery, refreshState };

/**
 * Reads everything again: at the start, after a restart and after a change of language. When several run at once, the
 * last one counts. False if this one does not, or fails.
 */
export async function load(): Promise<boolean> {
  loads += 1;
  const own = loads;
  try {
    const [newState, page, { jobs: newJobs }] = await Promise.all([
      server.state(),
      server.entries(conversation.value),
      server.jobs(),
    ]);
    if (own !== loads) {
      return false;
    }
    needsLogin.value = false;
    // First: what these jobs were when the page was opened is no news.
    jobs.value = newJobs;
    state.value = newState;
    entries.value = page.entries;
    hasEarlier.value = page.more;
    connect(page.sequence, reloads);
    void deliverAll();
    return true;
  } catch (error) {
    if (own !== loads) {
      return false;
    }
    if (error instanceof ServerError && error.status === 401) {
      needsLogin.value = true;
    } else {
      connect(0, reloads);
    }
    return false;
  }
}

export async function loadEarlier(): Promise<void> {
  const first = entries.value[0];
  if (first !== undefined) {
    const page = await server.entries(first.conversation, first.sequence);
    if (first.conversation === conversation.value) {
      addEntries(page.entries);
      hasEarlier.value = page.more;
    }
  }
}

export function chooseLocale(locale: Locale): void {
  setLocale(locale);
  jobDetail.value = null;
  remark.value = null;
  void load();
}

export async function openConversation(id: string): Promise<void> {
  conversation.value = id;
  entries.value = [];
  sought.value = null;
  history.replaceState(null, "", `#${id}`);
  await load();
}

/** Shows an entry of any conversation: reads everything from it to the end, so that there is no gap. */
export async function openEntry({ id, conversation: where, sequence }: SearchResultView): Promise<void> {
  try {
    if (where !== conversation.value) {
      await openConversation(where);
    }
    while (hasEarlier.value && where === conversation.value && (entries.value[0]?.sequence ?? 0) > sequence) {
      const page = await server.entries(where, entries.value[0]!.sequence, 200);
      addEntries(page.entries);
      hasEarlier.value = page.more;
    }
    sought.value = id;
  } catch (error) {
    report(error);
  }
}

export function newConversation(): void {
  void openConversation(newConversationId());
}

/** Reads everything but the conversation itself again. */
export async function refreshState(): Promise<void> {
  try {
    state.value = await server.state();
  } catch (error) {
    report(error);
  }
}

export async function renameConversation(id: string, title: string): Promise<void> {
  try {
    await server.renameConversation(id, title);
    await refreshState();
  } catch (error) {
    report(error);
  }
}

/** Removes a conversation; if it is the open one, a new one replaces it. */
export async function removeConversation(id: string): Promise<boolean> {
  try {
    await server.removeConversation(id);
    if (id === conversation.value) {
      await openConversation(newConversationId());
    } else {
      await refreshState();
    }
    return true;
  } catch (error) {
    report(error);
    return false;
  }
}

export async function restoreConversation(id: string): Promise<void> {
  try {
    await server.restoreConversation(id);
    await refreshState();
  } catch (error) {
    report(error);
  }
}

/** Sends a typed line. */
export function say(text: string): void {
  remember(text);
  void send({ key: newKey(), conversation: conversation.value, ask: { text } });
}

/** Opens a typed line as a form that has everything in it; false, and says why, if the line cannot be read. */
export async function openAsForm(text: string, { command }: ToolDescription): Promise<boolean> {
  if (text.trim().slice(1).toLowerCase() === command) {
    form.value = { command, input: {} };
    return true;
  }
  try {
    form.value = await server.readLine(text);
    return true;
  } catch (error) {
    report(error);
    return false;
  }
}

/** Sends an unanswered request again under its own key. */
export function askAgain(entry: EntryView): void {
  const key = entry.id.slice(`request:${entry.conversation}:`.length);
  const ask: Ask = entry.form ?? { text: entry.text ?? "" };
  void send({ key, conversation: entry.conversation, ask });
}

/** Sends a filled form. Resolves with what is wrong, or null if it was accepted or waits for the server. */
export async function submit(
  command: string,
  input: Record<string, unknown>,
  key = newKey(),
): Promise<{ message: Message; field?: string } | null> {
  const where = conversation.value;
  try {
    const { entries: added } = await server.ask(where, { command, input }, key);
    addEntries(added);
    landing.value = added[0]?.id ?? null;
    return null;
  } catch (error) {
    if (error instanceof ServerError && error.isPassing) {
      sendLater({ key, conversation: where, ask: { command, input } });
      return null;
    }
    const field = error instanceof ServerError ? error.answer.field : undefined;
    return { message: messageOf(error), field };
  }
}

/** A second press within this time counts as a double click and does not send another request. */
const doubleClickMs = 2_000;
let lastStart: { subject: string; at: number; key: string; isAnswered: boolean } | undefined;

/** A request that nobody has answered may have arrived: pressed again, it is the same one. */
async function startAtOnce(about: string, form: NonNullable<MessageAction["form"]>): Promise<void> {
  const { command, input } = form;
  // Another button about the same thing, such as one that takes the first back, is no double click.
  const subject = `${about} ${JSON.stringify(form)}`;
  const now = performance.now();
  const before = lastStart?.subject === subject ? lastStart : undefined;
  if (before !== undefined && now - before.at < doubleClickMs) {
    return;
  }
  const isOpen = before !== undefined && (!before.isAnswered || outbox.value.some((each) => each.key === before.key));
  const key = isOpen ? before.key : newKey();
  const start = { subject, at: now, key, isAnswered: false };
  lastStart = start;
  jobDetail.value = null;
  const problem = await submit(command, input, key);
  start.isAnswered = true;
  remark.value = problem?.message ?? null;
}

/** Carries out a button of a message. */
export async function press(action: MessageAction): Promise<void> {
  if (action.form !== undefined && action.atOnce) {
    await startAtOnce(action.subject, action.form);
    return;
  }
  if (action.form !== undefined) {
    jobDetail.value = null;
    remark.value = null;
    form.value = action.form;
    return;
  }
  try {
    const { subject } = action;
    const outcome = await server.press({ action: action.action, subject, conversation: conversation.value });
    addEntries(outcome.entries);
    const jobId = outcome.jobId ?? outcome.message.jobId;
    if (jobId !== undefined && (outcome.outcome === "answer" || jobDetail.value?.id === jobId)) {
      await showJob(jobId);
    } else if (outcome.outcome === "answer") {
      remark.value = outcome.message;
    }
  } catch (error) {
    report(error);
  }
}

export async function showJob(id: string): Promise<void> {
  try {
    jobDetail.value = await server.job(id);
  } catch (error) {
    report(error);
  }
}

export async function kill(): Promise<void> {
  try {
    await server.kill();
  } catch (error) {
    report(error);
  }
}

export async function login(token: string): Promise<Message | null> {
  try {
    await server.login(token);
    await load();
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

/** Takes a file that was dropped, pasted or attached outside a form. */
export async function takeFile(file: File): Promise<void> {
  looseFile.value = { name: file.name, progress: 0 };
  try {
    looseFile.value = await server.upload(file, (progress) => {
      looseFile.value = { name: file.name, progress };
    });
  } catch (error) {
    looseFile.value = null;
    report(error, file.name);
  }
}

/** Reads the person's media again, if they have been opened. */
export async function refreshGallery(): Promise<void> {
  try {
    gallery.value = (await server.gallery(galleryLimit.value)).media;
  } catch (error) {
    gallery.value ??= [];
    report(error);
  }
}

export function toggleJobs(): void {
  isJobsOpen.value = !isJobsOpen.value;
}

/** Shows why something failed: above the conversation if that passes by itself. `file`: the file it is about. */
export function report(error: unknown, file?: string): void {
  const failed = messageOf(error);
  const message = file === undefined ? failed : { ...failed, title: labelled(file, failed.title) };
  if (!(error instanceof ServerError && error.isPassing)) {
    remark.value = message;
    return;
  }
  showNotice("warning", () => t("tryAgainSoon", { reason: messageOf(error).title }));
}

export function messageOf(error: unknown): Message {
  return error instanceof ServerError
    ? error.answer.error
    : { tone: "error", title: t("strangeAnswer"), private: true };
}
