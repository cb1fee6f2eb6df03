import type { Keyv } from "keyv";
import type { Clock } from "../ground/clock.ts";
import type { Logger } from "../ground/logger.ts";

/** One time at which the wall clock was set. */
export interface ClockStep {
  /** What the clock showed afterwards, epoch milliseconds. */
  at: number;
  /** By how much, in milliseconds: forward (for example because the machine slept), or back, which is negative. */
  byMs: number;
}

const stateKey = "clock-step";

/** Logs that the clock was set, and remembers the last time for `doctor`. */
export class ClockSteps {
  readonly #state: Keyv;
  readonly #clock: Clock;
  readonly #logger: Logger;

  constructor(state: Keyv, clock: Clock, logger: Logger) {
    this.#state = state;
    this.#clock = clock;
    this.#logger = logger;
  }

  note(byMs: number): void {
    const step: ClockStep = { at: this.#clock.now(), byMs };
    const cause = byMs < 0 ? "the clock was set back" : "the clock was set forward, or the machine slept";
    this.#logger.warn({ byMs }, `${cause}: jobs go on, and no lease is taken over for it`);
    this.#state.set(stateKey, step).catch((error: unknown) => {
      this.#logger.warn({ error: String(error) }, "the change of the clock could not be stored");
    });
  }

  async last(): Promise<ClockStep | null> {
    return (await this.#state.get<ClockStep>(stateKey)) ?? null;
  }
}
