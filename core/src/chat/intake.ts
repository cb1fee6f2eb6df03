import { isStorageFault } from "../errors/storage-error.ts";
import { type Clock, sleep } from "../ground/clock.ts";
import type { Json } from "../ground/json.ts";
import { causeOf, type Logger } from "../ground/logger.ts";
import type { Inbox, InboxEntry } from "../job/inbox.ts";
import type { Turnstile } from "./turnstile.ts";

/** An event as it came, without anything read into it. */
export interface RawEvent {
  /** The platform's id of it. */
  id: string;
  /** Null for one that needs no action: only its id is stored, as refused. Contains no secrets. */
  content: Json;
  /** Facts for the log about one that could not be read, which is logged once. */
  unreadable?: object;
}

export interface IntakeOptions {
  /** The surface whose events these are. */
  surface: string;
  /** Where they are stored. */
  inbox: Inbox;
  /** For leases, tries and the end. */
  clock: Clock;
  /** Hears of what could not be dealt with. */
  logger: Logger;
  /** Storing counts as a first answer here, so that a burst is stored before anything else is done about it. */
  turnstile: Turnstile;
  /** The conversation an event belongs to: the events of one are dealt with in order, conversations side by side. */
  laneOf(content: Json): string;
  /**
   * Deals with an event. Resolves when the next one of its conversation may begin, with the work that remains: the event
   * stays stored until that has ended. `isRepeated`: an earlier try, perhaps of a process that died, may have done part
   * of it. Rejects if it has to be tried again.
   */
  handle(event: RawEvent & { isRepeated: boolean }): Promise<{ rest: Promise<unknown> }>;
  /** True while the store is a copy, whose events the original may still deal with. */
  isOnHold(): boolean;
}

/** Longer than a platform repeats an event. */
const keptMs = 24 * 60 * 60_000;
/** An event that fails this often while the store works fails because of its content. */
const mostTries = 3;
const againAfterMs = { first: 1_000, longest: 30_000 };
/** Shorter than a lease: no other process takes over what is under way here. */
const claimEveryMs = 10_000;
/** How often to look for what a dead process left; its lease lasts half a minute. */
const lookEveryMs = 15_000;
/** Events still under way after this time are left to the next process. */
const drainMs = 10_000;

/**
 * For platforms that send events in batches, or wait for an answer to each: an event is stored as it came, and the
 * platform may forget it at once. What it asks for is done afterwards, in the order of its conversation, by the next
 * process if this one dies. So no conversation and no slow request keeps the platform from sending the next events.
 */
export class Intake {
  readonly #options: IntakeOptions;
  readonly #surface: string;
  /** The last event of each conversation to be stored, and to be dealt with. */
  readonly #storing = new Map<string, Promise<boolean>>();
  readonly #handling = new Map<string, Promise<void>>();
  /** Events being stored, by id: one that comes twice at once is stored once. */
  readonly #coming = new Map<string, Promise<boolean>>();
  readonly #tries = new Map<string, number>();
  /** Stored events that are not settled, and the work on them. */
  readonly #held = new Map<string, Promise<void>>();
  readonly #end = new AbortController();
  #cancelClaims = () => {};
  #cancelLook = () => {};

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#surface = `${options.surface}-intake`;
  }

  /**
   * True when the event is stored, now or before: the platform may forget it. False when it must be sent again, with the
   * later ones of its conversation. Never rejects.
   */
  take(event: RawEvent): Promise<boolean> {
    if (this.#end.signal.aborted) {
      return Promise.resolve(false);
    }
    const known = this.#coming.get(event.id);
    if (known !== undefined) {
      return known;
    }
    const lane = event.content === null ? `refused/${event.id}` : this.#options.laneOf(event.content);
    const before = this.#storing.get(lane) ?? Promise.resolve(true);
    const stored = before.then((isStored) => isStored && this.#store(lane, event));
    this.#storing.set(lane, stored);
    this.#coming.set(event.id, stored);
    void stored.then(() => {
      this.#coming.delete(event.id);
      if (this.#storing.get(lane) === stored) {
        this.#storing.delete(lane);
      }
    });
    return stored;
  }

  /** Deals with what earlier processes left, before anything new, and from now on with what other processes leave. */
  async recover(): Promise<void> {
    const { isOnHold, clock, logger } = this.#options;
    const look = () => {
      this.#cancelLook = clock.setTimer(lookEveryMs, () => {
        const taken = isOnHold() ? Promise.resolve() : this.#takeUp({ free: true });
        void taken
          .catch((error: unknown) =>
            logger.warn({ error: causeOf(error) }, "could not look for events left by dead processes"),
          )
          .then(() => {
            if (!this.#end.signal.aborted) {
              look();
            }
          });
      });
    };
    if (!isOnHold()) {
      await this.#takeUp({ free: false });
    }
    look();
  }

  /** Takes nothing more; resolves when what is under way has ended, or after ten seconds. */
  async close(): Promise<void> {
    const { clock, inbox } = this.#options;
    this.#end.abort();
    this.#cancelLook();
    const patience = new AbortController();
    await Promise.race([Promise.all(this.#held.values()), sleep(clock, drainMs, patience.signal).catch(() => {})]);
    patience.abort();
    this.#cancelClaims();
    await Promise.all([...this.#held.keys()].map((id) => inbox.release(this.#entryId(id)).catch(() => {})));
  }

  #entryId(id: string): string {
    return `${this.#surface}:${id}`;
  }

  async #store(lane: string, { id, content, unreadable }: RawEvent): Promise<boolean> {
    const { turnstile, logger } = this.#options;
    try {
      const { taken } = await turnstile.answer(() => this.#write(id, content));
      if (taken && unreadable !== undefined) {
        logger.warn(unreadable, "an event could not be read");
      }
      if (taken && content !== null) {
        this.#enqueue(lane, { id, content, isRepeated: false });
      }
    } catch (error) {
      const tries = (this.#tries.get(id) ?? 0) + 1;
      this.#tries.set(id, tries);
      if (tries < mostTries || !(await this.#giveUp(id, error))) {
        return false;
      }
    }
    this.#tries.delete(id);
    return true;
  }

  #write(id: string, content: Json): ReturnType<Inbox["take"]> {
    const { inbox, clock } = this.#options;
    return inbox.take({
      ...{ id: this.#entryId(id), surface: this.#surface, content, keepUntil: clock.now() + keptMs },
      ...(content === null ? { state: "refused" } : {}),
    });
  }

  /** False while the store is at fault: what cannot be written now may be written later. */
  async #giveUp(id: string, error: unknown): Promise<boolean> {
    if (isStorageFault(error)) {
      return false;
    }
    try {
      const { taken } = await this.#write(id, null);
      await (taken ? undefined : this.#settle(id, "refused"));
    } catch {
      return false;
    }
    this.#options.logger.error(
      { event: id, error: causeOf(error) },
      "an event is given up because it fails every time",
    );
    return true;
  }

  async #takeUp(page: { free: boolean }): Promise<void> {
    const { inbox, laneOf } = this.#options;
    for (let after: string | undefined; ; ) {
      const entries: InboxEntry[] = await inbox.open(this.#surface, {
        ...page,
        after,
      });
      for (const entry of entries) {
        const id = entry.id.slice(this.#surface.length + 1);
        if (!this.#held.has(id) && !this.#coming.has(id) && (await inbox.claim(entry.id))) {
          this.#enqueue(laneOf(entry.content), { id, content: entry.content, isRepeated: true });
        }
      }
      after = entries.at(-1)?.id;
      if (after === undefined) {
        return;
      }
    }
  }

  #enqueue(lane: string, event: RawEvent & { isRepeated: boolean }): void {
    const { id } = event;
    const before = this.#handling.get(lane) ?? Promise.resolve();
    const handled = before.then(() => this.#handle(event));
    const begun = handled.then(() => {});
    this.#handling.set(lane, begun);
    void begun.then(() => {
      if (this.#handling.get(lane) === begun) {
        this.#handling.delete(lane);
      }
    });
    this.#hold(
      id,
      handled.then(async (handled) => {
        if (handled !== null) {
          await handled.rest;
          await this.#settle(id, "done");
        }
      }),
    );
  }

  /** Null if it was given up, or is left to the next process. */
  async #handle(event: RawEvent & { isRepeated: boolean }): Promise<{ rest: Promise<unknown> } | null> {
    const { clock, handle, logger, turnstile } = this.#options;
    const { signal } = this.#end;
    await turnstile.calm();
    for (let tries = 1; !signal.aborted; tries += 1) {
      try {
        return await handle({ ...event, isRepeated: event.isRepeated || tries > 1 });
      } catch (error) {
        if (signal.aborted) {
          return null;
        }
        if (tries >= mostTries && (await this.#giveUp(event.id, error))) {
          return null;
        }
        logger.warn({ event: event.id, error: causeOf(error) }, "an event could not be dealt with; trying again");
        const waitMs = Math.min(againAfterMs.first * 2 ** (tries - 1), againAfterMs.longest);
        await sleep(clock, waitMs, signal).catch(() => {});
      }
    }
    return null;
  }

  #hold(id: string, work: Promise<void>): void {
    const held = work
      .catch((error: unknown) => {
        this.#options.logger.error({ event: id, error: causeOf(error) }, "an event could not be settled");
      })
      .then(() => {
        // Not while we are closing: what is left is released there.
        if (!this.#end.signal.aborted) {
          this.#held.delete(id);
        }
      });
    this.#held.set(id, held);
    if (this.#held.size === 1) {
      this.#renewClaims();
    }
  }

  #renewClaims(): void {
    this.#cancelClaims();
    this.#cancelClaims = this.#options.clock.setTimer(claimEveryMs, () => {
      for (const id of this.#held.keys()) {
        void this.#options.inbox.claim(this.#entryId(id)).catch(() => {});
      }
      if (this.#held.size > 0) {
        this.#renewClaims();
      }
    });
  }

  async #settle(id: string, state: "done" | "refused"): Promise<void> {
    const { inbox } = this.#options;
    for (;;) {
      const entry = await inbox.read(this.#entryId(id));
      if (
        entry === null ||
        entry.state !== "open" ||
        (await inbox.change({ ...entry, content: null, state })) !== null
      ) {
        return;
      }
    }
  }
}
