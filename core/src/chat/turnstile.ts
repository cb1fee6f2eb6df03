import type { Clock } from "../ground/clock.ts";

/** Requests carried out at once: enough to keep the machine busy, few enough to leave time for first answers. */
const mostAtOnce = 8;
/** What takes longer waits for somebody else, and makes room. */
const busyMs = 2_000;

/**
 * First answers go first. Platforms count seconds for them and minutes for everything after, so that what a burst of
 * commands asks for is begun when each of them has been acknowledged.
 */
export class Turnstile {
  #answering = 0;
  #working = 0;
  readonly #waiting: (() => void)[] = [];
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

  /** Makes room when it is called, or by itself after a while: who is slow then waits for somebody else. */
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
