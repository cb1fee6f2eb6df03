import { type Admission, type Clock, phasesAtRest } from "@toolcast/core/engine";
import type { Entry } from "./memory-leases.ts";

/** How many may have something at once, or start within a window. */
interface Bound {
  max: number;
  windowMs: number | null;
  moved: boolean;
}

export type MemoryBounds = Map<string, Bound>;

/** Whether it still holds places although nothing is under way. */
const isStale = ({ job, holds }: Entry) => holds.size > 0 && phasesAtRest.includes(job.state.phase);

const longestCallMs = 60_000;
const mostRefreshed = 20;

/** The lines of the memory engine: everybody who waits is looked at, oldest first, and called if there is room. */
export function createMemoryLines(options: {
  entries: Map<string, Entry>;
  bounds: MemoryBounds;
  /** When this rate admitted somebody within its window, oldest first. */
  recent: (name: string, windowMs: number) => number[];
  clock: Clock;
}) {
  const { entries, bounds, recent, clock } = options;
  const place = (resource: string) => `place ${resource}`;

  function needsOf({ holds, rate }: Admission): string[] {
    return [...holds.map(({ resource }) => place(resource)), ...(rate === undefined ? [] : [`rate ${rate.name}`])];
  }

  function waiting(): Entry[] {
    return [...entries.values()]
      .filter(({ waitsFor }) => waitsFor !== null)
      .sort((one, other) => one.job.createdAt - other.job.createdAt || one.order - other.order);
  }

  /** When there is room in this for one more call; null while there is none. */
  function roomAt(need: string): number | null {
    const all = [...entries.values()];
    const calls = all.filter(({ call }) => call?.needs.includes(need)).length;
    const bound = bounds.get(need);
    const now = clock.now();
    if (bound === undefined) {
      return calls === 0 ? now : null;
    }
    const name = need.slice(need.indexOf(" ") + 1);
    if (bound.windowMs === null) {
      return all.filter(({ holds }) => holds.has(name)).length + calls < bound.max ? now : null;
    }
    if (calls >= bound.max) {
      return null;
    }
    const blocking = recent(name, bound.windowMs).at(calls - bound.max);
    return blocking === undefined ? now : blocking + bound.windowMs;
  }

  /** Whatever was admitted or refused last tells what the maxima are. */
  function noteBounds({ holds, rate }: Admission): void {
    const note = (need: string, max: number, windowMs: number | null) =>
      bounds.set(need, { moved: bounds.get(need)?.moved ?? false, max, windowMs });
    for (const { resource, max } of holds) {
      note(place(resource), max, null);
    }
    if (rate !== undefined) {
      note(`rate ${rate.name}`, rate.max, rate.windowMs);
    }
  }

  function serve(): void {
    /** What there is room for, until a call takes some of it. */
    const known = new Map<string, number | null>();
    const knownRoomAt = (need: string) => {
      if (!known.has(need)) {
        known.set(need, roomAt(need));
      }
      return known.get(need) ?? null;
    };
    for (const entry of waiting()) {
      const needs = entry.waitsFor!;
      const rooms = needs.map(knownRoomAt);
      if (rooms.every((at) => at !== null)) {
        known.clear();
        const at = Math.max(...rooms);
        Object.assign(entry, { waitsFor: null, calledAt: at, scheduledAt: clock.now(), call: { needs, at } });
        for (const need of needs) {
          const bound = bounds.get(need);
          if (bound !== undefined) {
            bound.moved = true;
          }
        }
      }
    }
  }

  function refresh(): void {
    const moved = (need: string) => bounds.get(need)?.moved === true && roomAt(need) === null;
    for (const entry of waiting()
      .filter(({ waitsFor }) => waitsFor!.some(moved))
      .slice(0, mostRefreshed)) {
      Object.assign(entry, { waitsFor: null, calledAt: clock.now(), scheduledAt: clock.now() });
    }
    for (const bound of bounds.values()) {
      bound.moved = false;
    }
  }

  return {
    serve,
    park(entry: Entry, admission: Admission): void {
      noteBounds(admission);
      Object.assign(entry, { waitsFor: needsOf(admission), calledAt: null, call: null });
      serve();
    },
    noteBounds,
    isInUse: () =>
      [...entries.values()].some((entry) => entry.waitsFor !== null || entry.call !== null || isStale(entry)),
    check(first: boolean): void {
      for (const entry of [...entries.values()].filter(isStale)) {
        entry.holds.clear();
      }
      for (const entry of entries.values()) {
        if (entry.call !== null && entry.call.at <= clock.now() - longestCallMs) {
          entry.call = null;
        }
      }
      if (first) {
        bounds.clear();
      }
      serve();
      if (!first) {
        refresh();
      }
    },
  };
}
