import {
  type Clock,
  clockToleranceMs,
  type Inbox,
  type InboxEntry,
  type InboxEvent,
  inboxContent,
  inboxCredentials,
  maxInboxParts,
} from "@toolcast/core/engine";

interface Row {
  entry: InboxEntry;
  partOf: string | null;
  lease: { holder: string; until: number } | null;
}

/** Entries by id, in the order in which they were taken. */
export type MemoryInboxRows = Map<string, Row>;

/** The inbox of the memory engine; `act` answers asynchronously, as a store with a disk does. */
export function createMemoryInbox(options: {
  rows: MemoryInboxRows;
  clock: Clock;
  holder: string;
  leaseMs: number;
  act: <T>(change: () => T) => Promise<T>;
}): Inbox {
  const { rows, clock, holder, leaseMs, act } = options;

  function view({ entry }: Row): InboxEntry {
    const { credentials, ...rest } = structuredClone(entry);
    return { ...rest, ...(credentials && credentials.expiresAt > clock.now() ? { credentials } : {}) };
  }

  function isFree({ lease }: Row): boolean {
    const heldForMs = lease === null ? 0 : lease.until - clock.now();
    return heldForMs <= 0 || heldForMs > leaseMs + clockToleranceMs;
  }

  return {
    async take({ state = "open", ...event }) {
      assertSize(event);
      return act(() => {
        const known = rows.get(event.id);
        if (known !== undefined) {
          return { taken: false, entry: view(known) };
        }
        const entry: InboxEntry = { ...structuredClone(event), state, parts: [], takenAt: clock.now(), version: 1 };
        const row: Row = {
          entry,
          partOf: null,
          lease: state === "open" ? { holder, until: clock.now() + leaseMs } : null,
        };
        rows.set(event.id, row);
        return { taken: true, entry: view(row) };
      });
    },
    async read(id) {
      const row = rows.get(id);
      return row === undefined || row.partOf !== null ? null : view(row);
    },
    async change(entry) {
      assertSize(entry);
      return act(() => {
        const row = rows.get(entry.id);
        if (row === undefined || row.partOf !== null || row.entry.version !== entry.version) {
          return null;
        }
        const { state, content, credentials, keepUntil } = structuredClone(entry);
        row.entry = { ...row.entry, state, content, credentials, keepUntil, version: entry.version + 1 };
        return view(row);
      });
    },
    async fill(id, event) {
      assertSize(event);
      return act(() => {
        const row = rows.get(id);
        if (rows.has(event.id)) {
          return "repeated";
        }
        if (row === undefined || row.partOf !== null || row.entry.state !== "open") {
          return "closed";
        }
        if (row.entry.parts.length >= maxInboxParts) {
          return "closed";
        }
        const { surface, keepUntil } = row.entry;
        const part: InboxEntry = {
          ...{ id: event.id, surface, state: "done", content: structuredClone(event.content), parts: [] },
          ...{ takenAt: clock.now(), keepUntil, version: 0 },
        };
        rows.set(event.id, { entry: part, partOf: id, lease: null });
        row.entry.parts.push({ id: event.id, content: structuredClone(event.content) });
        row.entry.version += 1;
        return "joined";
      });
    },
    async open(surface, { after, limit = 100, free = false } = {}) {
      const all = [...rows.values()];
      const from = after === undefined ? 0 : all.findIndex(({ entry }) => entry.id === after) + 1;
      return all
        .slice(from)
        .filter(({ entry, partOf }) => partOf === null && entry.surface === surface && entry.state === "open")
        .filter((row) => !free || isFree(row))
        .slice(0, Math.min(limit, 1_000))
        .map(view);
    },
    claim: (id) =>
      act(() => {
        const row = rows.get(id);
        if (row?.entry.state !== "open" || row.partOf !== null) {
          return false;
        }
        if (!isFree(row) && row.lease?.holder !== holder) {
          return false;
        }
        row.lease = { holder, until: clock.now() + leaseMs };
        return true;
      }),
    release: (id) =>
      act(() => {
        const row = rows.get(id);
        if (row?.lease?.holder === holder) {
          row.lease = null;
        }
      }),
    revoke: (surface) =>
      act(() => {
        for (const { entry } of rows.values()) {
          if (entry.surface === surface && entry.credentials !== undefined) {
            delete entry.credentials;
            entry.version += 1;
          }
        }
      }),
    purge: (limit) =>
      act(() => {
        const gone = [...rows].filter(([, { entry }]) => entry.keepUntil <= clock.now()).slice(0, limit);
        for (const [id] of gone) {
          rows.delete(id);
        }
        const expired = [...rows.values()]
          .filter(({ entry }) => entry.credentials && entry.credentials.expiresAt <= clock.now())
          .slice(0, limit);
        for (const { entry } of expired) {
          delete entry.credentials;
        }
        return gone.length + expired.length;
      }),
  };
}

function assertSize(event: Pick<InboxEvent, "id" | "content" | "credentials">): void {
  inboxContent(event);
  inboxCredentials(event);
}
