import type { Json } from "../ground/json.ts";

/** The largest content of one event, as JSON in UTF-8 bytes: 256 KiB. What a platform sends of one event is smaller. */
export const maxInboxBytes = 256 * 1024;

/** What a reply to an event needs and nothing else may see, such as an interaction's token. */
export interface InboxCredentials {
  value: Json;
  /** The platform takes them no longer, epoch milliseconds. They are never given out after it, and erased. */
  expiresAt: number;
}

/** Something a platform told us, under the platform's own id. */
export interface InboxEvent {
  /** `<surface>:<the platform's id of the event>`: the same id again is the same event. */
  id: string;
  /** The surface that took it. */
  surface: string;
  /** What carrying it out needs; at most {@link maxInboxBytes}. Holds no secret. */
  content: Json;
  /** Default none. */
  credentials?: InboxCredentials;
  /** The entry goes after this instant, epoch milliseconds: later than the platform may send the event again. */
  keepUntil: number;
  /** `open`: to be carried out. `refused`: it could not be read, and is kept only to be known again. Default `open`. */
  state?: "open" | "done" | "refused";
}

/** An event that was taken, and how far it has come. */
export interface InboxEntry extends Omit<InboxEvent, "state"> {
  state: NonNullable<InboxEvent["state"]>;
  /** Further events that belong to it, in the order they came. */
  parts: { id: string; content: Json }[];
  /** The job it became, written in the same commit as the job. */
  job?: string;
  /** Epoch milliseconds. */
  takenAt: number;
  /** Raised by every change and every further event. */
  version: number;
}

export type FillEnd =
  /** The event is part of the entry now. */
  | "joined"
  /** The event was taken before. */
  | "repeated"
  /** The entry is open no more, or was never there: the event was not taken. */
  | "closed";

/**
 * Part three of the engine: a platform's events, each taken once, over restarts and over all processes of one store. An
 * entry is leased to the process that took or claimed it, for the engine's lease length.
 */
export interface Inbox {
  /**
   * Stores the event unless its id is known, and leases it to this process. `taken: false` gives the entry as it stands.
   * Throws a `RangeError` when the content is larger than {@link maxInboxBytes}; nothing is stored then.
   */
  take(event: InboxEvent): Promise<{ taken: boolean; entry: InboxEntry }>;
  read(id: string): Promise<InboxEntry | null>;
  /**
   * Stores content, state, credentials and `keepUntil` if the stored version still equals the entry's. Null when somebody
   * else changed it, or a further event joined it, in between: read again. Parts and job are not written.
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
  /** Gives the lease back, if this process has it. */
  release(id: string): Promise<void>;
  /** Removes entries past `keepUntil` and erases credentials past their expiry, at most `limit` of each. Gives how many. */
  purge(limit: number): Promise<number>;
}
