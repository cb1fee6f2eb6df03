import type { State } from "@toolcast/core";
import type { Clock } from "@toolcast/core/engine";

/** An older request was made while nobody received it. By now a start that may cost money could surprise its sender. */
export const lateMs = 60 * 60_000;
/** How often the time is stored, in milliseconds. */
const storedEveryMs = 60_000;
const key = "caught-up";

/**
 * How old an update may be that does not say so itself, as presses do not: nothing is left to receive from before
 * `since`, over restarts.
 */
export class Backlog {
  readonly #keyv: ReturnType<State["keyv"]>;
  readonly #clock: Clock;
  #since = 0;
  #stored = 0;

  constructor(options: { state: State; clock: Clock }) {
    this.#keyv = options.state.keyv("telegram-backlog");
    this.#clock = options.clock;
  }

  /** Epoch milliseconds; 0 if it is unknown. */
  get since(): number {
    return this.#since;
  }

  async load(): Promise<void> {
    this.#since = Math.max(this.#since, (await this.#keyv.get<number>(key)) ?? 0);
    this.#stored = this.#since;
  }

  /** Everything that was sent up to now has been received. Never rejects. */
  async caughtUp(): Promise<void> {
    this.#since = this.#clock.now();
    if (this.#since - this.#stored >= storedEveryMs) {
      this.#stored = this.#since;
      await this.#keyv.set(key, this.#since).catch(() => {
        this.#stored = 0;
      });
    }
  }
}
