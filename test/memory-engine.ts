import type { Job } from "@toolcast/core";
import {
  type Admission,
  type Clock,
  clockToleranceMs,
  hasEnded,
  type JobEngine,
  type JobFilter,
  legalWake,
  type Random,
  RecentSetBack,
  randomId,
  removedJob,
  Schedules,
  thisProcess,
  toMillionths,
  type WriteEnd,
} from "@toolcast/core/engine";
import { createMemoryInbox, type MemoryInboxRows } from "./memory-inbox.ts";
import { catchUp, createMemoryLeases, type Entry } from "./memory-leases.ts";
import { createMemoryLines, type MemoryBounds } from "./memory-lines.ts";

/** What several engines share, as if they were in several processes. */
export interface MemoryStore {
  entries: Map<string, Entry>;
  keys: Map<string, string>;
  /** By key, the jobs whose records were removed. */
  tombstones: Map<string, Job>;
  counters: Map<string, number>;
  admissions: Map<string, number[]>;
  bounds: MemoryBounds;
  inbox: MemoryInboxRows;
  locks: Map<string, { holder: string; until: number; takenAt: number }>;
  writes: number;
  /** The last change of a job. */
  changes: number;
}

export function createMemoryStore(): MemoryStore {
  return {
    ...{ entries: new Map(), keys: new Map(), tombstones: new Map(), counters: new Map() },
    ...{ admissions: new Map(), bounds: new Map(), locks: new Map(), inbox: new Map() },
    ...{ writes: 0, changes: 0 },
  };
}

export interface MemoryEngineOptions {
  /** The clock for leases, polls and waits. */
  clock: Clock;
  /** The source of the holders' ids. */
  random: Random;
  /** Default: a store of its own. */
  shared?: MemoryStore;
  /** How long a lease lasts unless it is extended, in milliseconds. Default 30,000. */
  leaseMs?: number;
  /** How often it looks for what other processes have stored, in milliseconds. Default 1,000. */
  pollMs?: number;
}

/** Fulfils the job engine's contract without a disk: every operation is one turn, so nothing can interleave. */
export function createMemoryEngine(options: MemoryEngineOptions): JobEngine {
  const { clock, random, leaseMs = 30_000, pollMs = 1_000 } = options;
  const store = options.shared ?? createMemoryStore();
  const holder = `${randomId(random, "holder")}@${thisProcess()}`;
  const schedules = new Schedules();
  const setBack = new RecentSetBack(clock);
  let closed = false;

  const wakeOf = (at: number | null) => legalWake(at === null ? null : setBack.corrected(at), clock.now());

  /** Answers asynchronously, as a store with a disk does, and then looks for due jobs. */
  async function act<T>(change: () => T): Promise<T> {
    assertOpen();
    const value = change();
    store.writes += 1;
    await new Promise((resolve) => setImmediate(resolve));
    for (const schedule of schedules) {
      schedule.look();
    }
    return value;
  }

  const lines = createMemoryLines({ ...{ entries: store.entries, bounds: store.bounds, clock }, recent });
  const leases = createMemoryLeases({ store, clock, holder, leaseMs, act, lines });

  function assertOpen(): void {
    if (closed) {
      throw new Error("The store is closed.");
    }
  }

  function refusal(entry: Entry, { holds, rate, counters }: Admission, release: boolean): WriteEnd | null {
    for (const { resource, max } of holds) {
      const others = [...store.entries.values()].filter((other) => other !== entry && other.holds.has(resource));
      if ((release || !entry.holds.has(resource)) && others.length >= max) {
        return { end: "full", resource, ahead: queued(entry.job.provider).indexOf(entry) };
      }
    }
    const times = rate ? recent(rate.name, rate.windowMs) : [];
    if (rate && times.length >= rate.max) {
      return { end: "too-fast", retryAt: (times.at(-rate.max) ?? clock.now()) + rate.windowMs };
    }
    const added = new Map<string, number>();
    for (const { name, amount, max } of counters) {
      const count = (store.counters.get(name) ?? 0) + (added.get(name) ?? 0);
      if (count + amount > max) {
        return { end: "over", counter: name, count };
      }
      added.set(name, (added.get(name) ?? 0) + amount);
    }
    return null;
  }

  function recent(name: string, windowMs: number): number[] {
    const now = clock.now();
    return (store.admissions.get(name) ?? []).filter((at) => at > now - windowMs && at <= now);
  }

  function queued(provider: string): Entry[] {
    return newestFirst([...store.entries.values()])
      .reverse()
      .filter(({ job }) => job.provider === provider && job.state.phase === "queued");
  }

  function matching(filter: JobFilter): Entry[] {
    const all = newestFirst([...store.entries.values()]);
    if (filter.oldestFirst) {
      all.reverse();
    }
    const after =
      filter.after === undefined ? 0 : all.findIndex(({ job }) => job.id === filter.after) + 1 || all.length;
    return all
      .slice(after)
      .filter(
        ({ job }) =>
          (filter.owner ?? job.caller.id) === job.caller.id &&
          (filter.surface ?? job.caller.place.surface) === job.caller.place.surface &&
          (filter.conversation ?? job.caller.place.conversation) === job.caller.place.conversation &&
          (filter.phases ?? [job.state.phase]).includes(job.state.phase) &&
          (filter.provider ?? job.provider) === job.provider &&
          (filter.changedSince ?? job.updatedAt) <= job.updatedAt &&
          job.id.startsWith(filter.idBegins ?? "") &&
          (filter.createdBefore ?? Number.POSITIVE_INFINITY) > job.createdAt,
      );
  }

  function nextChange(): number {
    store.changes += 1;
    return store.changes;
  }

  function change(name: string, by: number): void {
    store.counters.set(name, toMillionths(Math.max(0, (store.counters.get(name) ?? 0) + by)));
  }

  return {
    inbox: createMemoryInbox({ rows: store.inbox, clock, holder, leaseMs, act }),
    async create(job, write) {
      if (write.admission || write.release || write.uncount || write.count) {
        throw new TypeError("A new job cannot be admitted by the write that creates it; admit it with another write.");
      }
      return act(() => {
        const existing = job.key === undefined ? undefined : store.keys.get(job.key);
        const removed = store.tombstones.get(job.key ?? "");
        const entry = store.inbox.get(write.inbox ?? "")?.entry;
        if (entry !== undefined) {
          entry.job = existing ?? removed?.id ?? job.id;
          entry.version += 1;
        }
        if (existing !== undefined) {
          return { created: false, job: structuredClone(store.entries.get(existing)!.job) };
        }
        if (removed !== undefined) {
          return { created: false, job: structuredClone(removed) };
        }
        if (store.entries.has(job.id)) {
          throw new Error(`There is a job ${job.id} already.`);
        }
        store.entries.set(job.id, {
          ...{ job: { ...structuredClone(job), version: 1 }, order: nextChange() },
          ...{ wakeAt: wakeOf(write.wakeAt ?? null), scheduledAt: clock.now() },
          ...{ hintedAt: null, needsSurface: write.needsSurface ?? null, lease: null, troubles: 0 },
          ...{ waitsFor: null, calledAt: null, call: null, changed: nextChange() },
          holds: new Set<string>(),
        });
        if (job.key !== undefined) {
          store.keys.set(job.key, job.id);
        }
        return { created: true, job: structuredClone({ ...job, version: 1 }) };
      });
    },
    async read(id) {
      assertOpen();
      setBack.look();
      return structuredClone(store.entries.get(id)?.job ?? null);
    },
    async find(key) {
      assertOpen();
      const entry = store.entries.get(store.keys.get(key) ?? "");
      return structuredClone(entry?.job ?? store.tombstones.get(key) ?? null);
    },
    write: (job, write) =>
      act((): WriteEnd => {
        const entry = store.entries.get(job.id);
        if (!entry || entry.job.version !== job.version) {
          return { end: "conflict" };
        }
        catchUp(entry, clock.now());
        const before = new Map(store.counters);
        for (const { name, amount } of write.uncount ?? []) {
          change(name, -amount);
        }
        const refused = write.admission ? refusal(entry, write.admission, write.release === true) : null;
        if (refused) {
          store.counters = before;
          if (entry.job.state.phase === "queued" && (refused.end === "full" || refused.end === "too-fast")) {
            lines.park(entry, write.admission!);
          }
          return refused;
        }
        if (write.release || write.admission?.holds.length === 0) {
          entry.holds.clear();
        }
        for (const { resource } of write.admission?.holds ?? []) {
          entry.holds.add(resource);
        }
        if (write.admission?.rate) {
          const { name, windowMs } = write.admission.rate;
          store.admissions.set(name, [...recent(name, windowMs), clock.now()]);
        }
        for (const { name, amount } of write.admission?.counters ?? []) {
          change(name, amount);
        }
        for (const { name, amount } of write.count ?? []) {
          change(name, amount);
        }
        if (entry.job.state.phase === "queued" && write.admission) {
          lines.noteBounds(write.admission);
        }
        entry.job = { ...structuredClone(job), version: job.version + 1 };
        entry.wakeAt = write.wakeAt === undefined ? entry.wakeAt : wakeOf(write.wakeAt);
        entry.scheduledAt = clock.now();
        entry.changed = nextChange();
        entry.needsSurface = write.needsSurface ?? null;
        if (job.state.phase !== "queued") {
          Object.assign(entry, { waitsFor: null, calledAt: null, call: null });
        }
        lines.serve();
        return { end: "written" };
      }),
    async list(filter) {
      assertOpen();
      return matching(filter)
        .slice(0, Math.max(0, Math.min(filter.limit ?? 50, 1_000)))
        .map(({ job }) => structuredClone(job));
    },
    async changes(cursor, limit = 1_000) {
      assertOpen();
      if (cursor === null) {
        return { cursor: String(store.changes), jobs: [] };
      }
      const changed = [...store.entries.values()]
        .filter((entry) => entry.changed > Number(cursor))
        .sort((one, other) => one.changed - other.changed)
        .slice(0, Math.min(limit, 1_000));
      return {
        cursor: String(changed.at(-1)?.changed ?? cursor),
        jobs: changed.map(({ job }) => structuredClone(job)),
      };
    },
    async count(filter) {
      assertOpen();
      return matching(filter).length;
    },
    async counter(name) {
      assertOpen();
      return store.counters.get(name) ?? 0;
    },
    removeCounters: (from, before, limit) =>
      act(() => {
        const names = [...store.counters.keys()].filter((name) => name >= from && name < before).sort();
        return names.slice(0, limit).filter((name) => store.counters.delete(name)).length;
      }),
    remove: (id, version) =>
      act(() => {
        const entry = store.entries.get(id);
        if (entry?.job.version !== version || !hasEnded(entry.job) || entry.changed === store.changes) {
          return false;
        }
        const { key, request } = entry.job;
        if (key !== undefined) {
          store.tombstones.set(key, removedJob({ id, key, request }));
          store.keys.delete(key);
        }
        store.entries.delete(id);
        lines.serve();
        return true;
      }),
    async counters(prefix, from = prefix) {
      assertOpen();
      return [...store.counters]
        .filter(([name, count]) => name.startsWith(prefix) && name >= from && count !== 0)
        .map(([name, count]) => ({ name, count }))
        .sort((one, other) => (one.name < other.name ? -1 : 1));
    },
    wake: (id, instant) =>
      act(() => {
        const at = setBack.corrected(instant);
        const entry = store.entries.get(id);
        if (entry) {
          catchUp(entry, clock.now());
        }
        if (entry && (at <= clock.now() || entry.lease || at < (entry.wakeAt ?? Number.POSITIVE_INFINITY))) {
          const legal = legalWake(at, clock.now()) ?? at;
          entry.hintedAt = Math.min(entry.hintedAt ?? legal, legal);
          entry.scheduledAt = clock.now();
        }
      }),
    async schedule(request) {
      assertOpen();
      return schedules.run({ store: leases, clock, random, leaseMs, pollMs, setBack }, request);
    },
    lock: (name, owner, ttlMs) =>
      act(() => {
        const held = store.locks.get(name);
        const now = clock.now();
        if (held && held.holder !== owner && held.until > now && held.takenAt <= now + clockToleranceMs) {
          return false;
        }
        store.locks.set(name, { holder: owner, until: now + ttlMs, takenAt: now });
        return true;
      }),
    unlock: (name, owner) =>
      act(() => {
        if (store.locks.get(name)?.holder === owner) {
          store.locks.delete(name);
        }
      }),
    async close() {
      await schedules.stop();
      closed = true;
    },
  };
}

function newestFirst(entries: Entry[]): Entry[] {
  return entries.sort((one, other) => other.job.createdAt - one.job.createdAt || other.order - one.order);
}
