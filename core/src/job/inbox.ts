import type { Json } from "../ground/json.ts";

/** The largest content of one event, as JSON in UTF-8 bytes: 256 KiB. Platforms' events are smaller. */
export const maxInboxBytes = 256 * 1024;

/** The largest credentials of one event, as JSON in UTF-8 bytes: 8 KiB. Platforms' tokens and addresses are below 1 KiB. */
export const maxInboxCredentialsBytes = 8 * 1024;

/** The most further events of one entry. The largest album of a platform has ten. */
export const maxInboxParts = 100;

/** What a reply to an event needs and nothing else may see, such as an interaction token. */
export interface InboxCredentials {
  value: Json;
  /**
   * When the platform stops accepting them, epoch milliseconds. They are then erased, and never returned afterwards.
   */
  expiresAt: number;
}

/** Something a platform sent us, under the platform's own id. */
export interface InboxEvent {
  /** `<surface>:<the platform's id of the event>`: the same id again is the same event. */
  id: string;
  /** The surface that took it. */
  surface: string;
  /** What carrying it out needs; at most {@link maxInboxBytes}. Contains no secrets. */
  content: Json;
  /** At most {@link maxInboxCredentialsBytes}. Default none. */
  credentials?: InboxCredentials;
  /** When the entry may be removed, epoch milliseconds: later than the platform may send the event again. */
  keepUntil: number;
  /**
   * `open`: to be carried out. `refused`: it could not be read, and is kept only to recognize repeats. Default `open`.
   */
  state?: "open" | "done" | "refused";
}

/** An event that was taken, and how far it has got. */
export interface InboxEntry extends Omit<InboxEvent, "state"> {
  state: NonNullable<InboxEvent["state"]>;
  /** Further events that belong to it, in the order they came. */
  parts: { id: string; content: Json }[];
  /** The job it became, written in the same commit as the job. */
  job?: string;
  /** Epoch milliseconds. */
  takenAt: number;
  /** Incremented by every change and every further event. */
  version: number;
}

export type FillEnd =
  /** The event is now part of the entry. */
  | "joined"
  /** The event was taken before. */
  | "repeated"
  /** The entry is no longer open, has {@link maxInboxParts} parts, or never existed: the event was not taken. */
  | "closed";

/**
 * Part three of the engine: the platforms' events, each taken once, across restarts and all processes of one store. An
 * entry is leased to the process that took or claimed it, for the engine's lease length.
 */
export interface Inbox {
  /**
   * Stores the event unless its id is known, and leases it to this process. `taken: false` comes with the existing
   * entry. Throws a `RangeError` and stores nothing if the content is larger than {@link maxInboxBytes}, or the
   * credentials than {@link maxInboxCredentialsBytes}.
   */
  take(event: InboxEvent): Promise<{ taken: boolean; entry: InboxEntry }>;
  read(id: string): Promise<InboxEntry | null>;
  /**
   * Stores content, state, credentials and `keepUntil` if the stored version still equals the entry's. Null if it was
   * changed, or a further event joined it, in between: read again. Does not write parts and job. Throws as `take` does.
   */
  change(entry: InboxEntry): Promise<InboxEntry | null>;
  /** Adds a further event to an open entry; its own id is taken in the same commit. */
  fill(id: string, event: Pick<InboxEvent, "id" | "content">): Promise<FillEnd>;
  /**
   * Open entries of a surface, oldest first, whoever holds them; with `free` only those that nobody holds. `limit`: default
   * 100, at most 1,000.
   */
  open(surface: string, page?: { after?: string; limit?: number; free?: boolean }): Promise<InboxEntry[]>;
  /** Leases an open entry to this process, or renews its lease. False while another process holds it. */
  claim(id: string): Promise<boolean>;
  /** Gives up the lease, if this process has it. */
  release(id: string): Promise<void>;
  /**
   * Erases the credentials of every entry of a surface, whatever its state: its platform accepts none of them any more.
   */
  revoke(surface: string): Promise<void>;
  /**
   * Removes entries past `keepUntil` and erases credentials past their expiry, at most `limit` of each. Returns how
   * many.
   */
  purge(limit: number): Promise<number>;
}

/** The content of an event as it is stored. Throws a `RangeError` if it is larger than {@link maxInboxBytes}. */
export function inboxContent({ id, content }: Pick<InboxEvent, "id" | "content">): string {
  return cappedJson(content, maxInboxBytes, `The content of ${id}`);
}

/** Credentials as they are stored. Throws a `RangeError` if they are larger than {@link maxInboxCredentialsBytes}. */
export function inboxCredentials({ id, credentials }: Pick<InboxEvent, "id" | "credentials">): string | null {
  return credentials === undefined
    ? null
    : cappedJson(credentials.value, maxInboxCredentialsBytes, `What replies to ${id} need`);
}

/** The columns that hold an event's credentials and how long they are of use. */
export function credentialColumns(event: Pick<InboxEvent, "id" | "credentials">): {
  credentials: string | null;
  credentialsUntil: number | null;
} {
  return {
    credentials: inboxCredentials(event),
    credentialsUntil: event.credentials === undefined ? null : Math.ceil(event.credentials.expiresAt),
  };
}

/** An event that was taken as part of another is known, but not to be carried out by itself. */
export function partAsEntry(event: Omit<InboxEvent, "state">, takenAt: number): InboxEntry {
  const { id, surface, content, keepUntil } = event;
  return { id, surface, state: "done", content, parts: [], takenAt, keepUntil, version: 0 };
}

function cappedJson(value: Json, maxBytes: number, what: string): string {
  const text = JSON.stringify(value);
  if (Buffer.byteLength(text, "utf8") > maxBytes) {
    throw new RangeError(`${what} is larger than ${maxBytes} bytes`);
  }
  return text;
}
