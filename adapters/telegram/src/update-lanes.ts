import { type Clock, sleep } from "@toolcast/core/engine";

/** What an update may take to be stored before the next ones of its chat are looked at, in milliseconds. */
const patienceMs = 5_000;
/** Updates that come again soon are known without asking the store. */
const remembered = 5_000;

/** Updates of one chat in order, chats side by side; none waits long for an answer that Telegram takes slowly. */
export class UpdateLanes {
  readonly #take: (update: unknown) => Promise<void>;
  readonly #clock: Clock;
  readonly #lanes = new Map<string, Promise<void>>();
  readonly #seen = new Map<number, Promise<void>>();

  constructor(options: { take: (update: unknown) => Promise<void>; clock: Clock }) {
    this.#take = options.take;
    this.#clock = options.clock;
  }

  /** Resolves when it is stored, or has waited long enough. The same update again is the same. */
  take(update: unknown): Promise<void> {
    const id = (update as { update_id?: unknown } | null)?.update_id;
    const known = typeof id === "number" ? this.#seen.get(id) : undefined;
    if (known !== undefined) {
      return known;
    }
    const lane = laneOf(update);
    const before = this.#lanes.get(lane) ?? Promise.resolve();
    const mine = before.then(() => this.#within(this.#take(update)));
    this.#lanes.set(lane, mine);
    void mine.then(() => {
      if (this.#lanes.get(lane) === mine) {
        this.#lanes.delete(lane);
      }
    });
    if (typeof id === "number") {
      this.#remember(id, mine);
    }
    return mine;
  }

  async #within(work: Promise<void>): Promise<void> {
    const patience = new AbortController();
    await Promise.race([work, sleep(this.#clock, patienceMs, patience.signal).catch(() => {})]);
    patience.abort();
  }

  #remember(id: number, work: Promise<void>): void {
    this.#seen.set(id, work);
    if (this.#seen.size > remembered) {
      const [oldest = 0] = this.#seen.keys();
      this.#seen.delete(oldest);
    }
  }
}

/** Where an update happened, whatever kind it is. */
function laneOf(update: unknown): string {
  for (const part of Object.values((update ?? {}) as Record<string, unknown>)) {
    const { chat, message, from } = (part ?? {}) as {
      chat?: { id?: unknown };
      message?: { chat?: { id?: unknown } };
      from?: { id?: unknown };
    };
    const id = chat?.id ?? message?.chat?.id ?? from?.id;
    if (id !== undefined) {
      return String(id);
    }
  }
  return "";
}
