import type { Clock } from "../ground/clock.ts";

/**
 * How many requests are carried out at once: enough to keep the machine busy, few enough to leave time for first
 * answers.
 */
const mostAtOnce = 8;
/** Work that takes longer is assumed to wait for somebody else and no longer counts. */
const busyMs = 2_000;

/**
 * Lets first answers go first. Platforms allow seconds for them and minutes for everything after, so the work of a
 * burst of commands starts only once each of them has been acknowledged.
 */
export class Turnstile {
  #answering = 0;
  #working = 0;
  readonly #waiting: (() => void)[] = [];
  #whenCalm: (() => void)[] = [];
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async answer<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#answering += 1;
    const settle = this.#once(() => {
      this.#answering -= 1;
    });
    try {
      return await work();
    } finally {
      settle();
    }
  }

  async work<Result>(work: () => Promise<Result>): Promise<Result> {
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      this.#admit();
    });
    const settle = this.#once(() => {
      this.#working -= 1;
    });
    try {
      return await work();
    } finally {
      settle();
    }
  }

  /** Resolves when no first answer is under way. */
  calm(): Promise<void> {
    return this.#answering === 0 ? Promise.resolve() : new Promise((resolve) => this.#whenCalm.push(resolve));
  }

  /** Returns a function that makes room once. If it is not called within `busyMs`, room is made anyway. */
  #once(makeRoom: () => void): () => void {
    let isBusy = true;
    const settle = () => {
      if (isBusy) {
        isBusy = false;
        cancel();
        makeRoom();
        this.#admit();
      }
    };
    const cancel = this.#clock.setTimer(busyMs, settle);
    return settle;
  }

  #admit(): void {
    if (this.#answering === 0) {
      const whenCalm = this.#whenCalm;
      this.#whenCalm = [];
      for (const resolve of whenCalm) {
        resolve();
      }
    }
    while (this.#answering === 0 && this.#working < mostAtOnce) {
      const next = this.#waiting.shift();
      if (next === undefined) {
        return;
      }
      this.#working += 1;
      next();
    }
  }
}
