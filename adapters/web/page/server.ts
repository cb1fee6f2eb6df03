import type { Message } from "@toolcast/core";
import type {
  AssetView,
  DeletableItem,
  DeletionView,
  EntryView,
  ErrorView,
  GalleryItemView,
  JobDetailView,
  JobView,
  NewUploadLinkView,
  OutcomeView,
  OverviewView,
  SearchResultView,
  StateView,
  UploadLinkView,
  UploadPlaceView,
  VoiceView,
} from "../src/wire.ts";
import { locale } from "./locale.ts";
import { t } from "./strings.ts";

/** The statuses by which a proxy says that the server is not there. */
const proxyStatuses = [502, 503, 504];

/** A failed request. `status` 0: there was no answer, and it is unknown whether the server received the request. */
export class ServerError extends Error {
  readonly status: number;
  readonly answer: ErrorView;
  /** The server is away or restarts: the same request may succeed soon. */
  readonly isPassing: boolean;
  constructor(status: number, answer: ErrorView, isPassing = status === 0 || proxyStatuses.includes(status)) {
    super(answer.error.title);
    this.status = status;
    this.answer = answer;
    this.isPassing = isPassing;
  }
}

/** Whether the server said that there is no such file any more, which is final. */
export function isGone(error: unknown): boolean {
  return error instanceof ServerError && error.status === 404;
}

function unreachable(): ServerError {
  return new ServerError(0, { error: plain(t("unreachable")) });
}

function plain(title: string): Message {
  return { tone: "error", title, private: true };
}

async function request<Answer>(path: string, init: RequestInit = {}): Promise<Answer> {
  const headers = { "X-Toolcast-Locale": locale.value, ...init.headers };
  let response: Response;
  let text: string;
  try {
    response = await fetch(path, { ...init, headers });
    text = await response.text();
  } catch {
    throw unreachable();
  }
  return read<Answer>(response.status, text);
}

function read<Answer>(status: number, text: string): Answer {
  let answer: unknown;
  try {
    answer = text === "" ? undefined : JSON.parse(text);
  } catch {
    // Only a proxy in front of the server answers with a page of its own.
    throw new ServerError(status, { error: plain(t("serverRestarting")) }, true);
  }
  if (status >= 200 && status < 300) {
    return answer as Answer;
  }
  throw new ServerError(status, answerOf(answer, status));
}

function answerOf(answer: unknown, status: number): ErrorView {
  const isOurs = typeof answer === "object" && answer !== null && "error" in answer;
  return isOurs
    ? (answer as ErrorView)
    : { error: plain(t(proxyStatuses.includes(status) ? "serverRestarting" : "strangeAnswer")) };
}

function post<Answer>(
  path: string,
  body: object,
  headers: Record<string, string> = {},
  signal: AbortSignal | null = null,
): Promise<Answer> {
  return request<Answer>(path, {
    method: "POST",
    signal,
    body: JSON.stringify(body),
    headers: { "Content-Type": "application/json", ...headers },
  });
}

/** A request without an answer by then is sent again; the server answers within seconds. */
const askTimeoutMs = 60_000;

/** What a person sends: a typed line or a filled form. */
export type Ask = { text: string } | { command: string; input: Record<string, unknown> };

export const server = {
  state: () => request<StateView>("/api/state"),
  login: (token: string) => post<void>("/api/login", { token }),
  entries: (conversation: string, before?: number, limit = 50) =>
    request<{ entries: EntryView[]; sequence: number; more: boolean }>(
      `/api/conversations/${conversation}/entries?limit=${limit}${before === undefined ? "" : `&before=${before}`}`,
    ),
  renameConversation: (conversation: string, title: string) =>
    request<void>(`/api/conversations/${conversation}`, {
      method: "PATCH",
      body: JSON.stringify({ title }),
      headers: { "Content-Type": "application/json" },
    }),
  removeConversation: (conversation: string) =>
    request<{ undoMs: number }>(`/api/conversations/${conversation}`, { method: "DELETE" }),
  restoreConversation: (conversation: string) => post<void>(`/api/conversations/${conversation}/restore`, {}),
  search: (words: string, limit: number) =>
    request<{ results: SearchResultView[] }>(`/api/search?${new URLSearchParams({ words, limit: String(limit) })}`),
  ask: (conversation: string, ask: Ask, key: string) =>
    post<OutcomeView>(
      `/api/conversations/${conversation}/messages`,
      ask,
      { "Idempotency-Key": key },
      AbortSignal.timeout(askTimeoutMs),
    ),
  /** A typed line as a filled form, without carrying it out. */
  readLine: (text: string) => post<{ command: string; input: Record<string, string> }>("/api/read", { text }),
  press: (press: { action: string; subject: string; conversation: string }) => post<OutcomeView>("/api/press", press),
  jobs: () => request<{ jobs: JobView[] }>("/api/jobs?limit=50"),
  job: (id: string) => request<JobDetailView>(`/api/jobs/${encodeURIComponent(id)}`),
  asset: (id: string) => request<AssetView>(`/api/media/${encodeURIComponent(id)}/facts`),
  gallery: (limit: number) => request<{ media: GalleryItemView[] }>(`/api/media?limit=${limit}`),
  overview: () => request<OverviewView>("/api/overview"),
  complete: (command: string, field: string, partial: string) =>
    request<{ suggestions: { value: string; label: string }[] }>(
      `/api/complete?${new URLSearchParams({ command, field, partial })}`,
    ),
  voices: () => request<{ voices: VoiceView[] }>("/api/voices"),
  /** Asks what deleting these would mean or, once that is confirmed, deletes them. */
  remove: (items: readonly DeletableItem[], confirmed: boolean) =>
    post<DeletionView>("/api/deletions", { items, confirmed }),
  kill: () => post<void>("/api/sandbox/kill", {}),
  mediaAddress: (id: string) => `/api/media/${encodeURIComponent(id)}`,

  makeUploadLink: (kind: AssetView["kind"] | undefined) => post<NewUploadLinkView>("/api/upload-links", { kind }),
  uploadLink: (id: string) => request<UploadLinkView>(`/api/upload-links/${encodeURIComponent(id)}`),
  /** What an upload link's page may know; `path` is the link's path. */
  uploadPlace: (path: string) => request<UploadPlaceView>(`${path}/state`),
  uploadTo: (path: string, file: File, onProgress: (fraction: number) => void) =>
    sendFile<{ name: string; bytes: number }>(path, file, onProgress),
  upload: (file: File, onProgress: (fraction: number) => void) => sendFile<AssetView>("/api/uploads", file, onProgress),
};

/** Uploads with progress from 0 to 1, which `fetch` cannot report. */
function sendFile<Answer>(path: string, file: File, onProgress: (fraction: number) => void): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    call.open("POST", path);
    call.setRequestHeader("X-File-Name", encodeURIComponent(file.name));
    call.setRequestHeader("X-Toolcast-Locale", locale.value);
    call.upload.onprogress = (event) => onProgress(event.total === 0 ? 0 : event.loaded / event.total);
    call.onerror = () => reject(unreachable());
    call.onload = () => {
      try {
        resolve(read<Answer>(call.status, call.responseText));
      } catch (error) {
        reject(error);
      }
    };
    call.send(file);
  });
}
