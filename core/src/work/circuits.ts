import type Keyv from "keyv";
import type { Clock } from "../ground/clock.ts";
import { clockToleranceMs } from "../ground/due.ts";

/** How many starts in a row without a usable answer open a circuit. */
const failuresToOpen = 5;
const firstRestMs = 30_000;
const longestRestMs = 10 * 60_000;
/** The longest that the others wait for the one start that tries whether the provider is back. */
const trialMs = 15_000;

interface Circuit {
  failures: number;
  /** Epoch milliseconds. */
  openUntil: number;
  /** The pause is over, and one start is trying. */
  trying?: boolean;
}

/**
 * Which providers are not asked for a while, because several starts in a row came back without a usable answer. Shared
 * by all processes; two that write at once may lose a count, which only delays the pause by one start.
 */
export class Circuits {
  readonly #state: Keyv;
  readonly #clock: Clock;

  constructor(state: Keyv, clock: Clock) {
    this.#state = state;
    this.#clock = clock;
  }

  /** Until when the provider must not be asked, epoch milliseconds; null if it may be asked. */
  async openUntil(provider: string): Promise<number | null> {
    const openUntil = (await this.#state.get<Circuit>(provider))?.openUntil ?? 0;
    return this.#isAhead(openUntil) ? openUntil : null;
  }

  /**
   * Asked before a start: until when to wait, epoch milliseconds; null for not at all. After a pause one start goes
   * first, so that not all of them run into the same trouble at once.
   */
  async waitUntil(provider: string): Promise<number | null> {
    const circuit = await this.#state.get<Circuit>(provider);
    const now = this.#clock.now();
    if (circuit === undefined || this.#isAhead(circuit.openUntil)) {
      return circuit?.openUntil ?? null;
    }
    if (circuit.failures >= failuresToOpen) {
      await this.#state.set(provider, { ...circuit, openUntil: now + trialMs, trying: true });
    }
    return null;
  }

  /**
   * Records a start that came back without a usable answer. If it was the trial after a pause, the next pause is twice
   * as long.
   */
  async failed(provider: string): Promise<void> {
    const circuit = await this.#state.get<Circuit>(provider);
    if (circuit !== undefined && this.#isAhead(circuit.openUntil) && circuit.trying !== true) {
      // It was under way when the circuit opened and says nothing new.
      return;
    }
    const failures = (circuit?.failures ?? 0) + 1;
    const over = failures - failuresToOpen;
    const restMs = Math.min(longestRestMs, firstRestMs * 2 ** Math.min(Math.max(over, 0), 20));
    await this.#state.set(provider, { failures, openUntil: over < 0 ? 0 : this.#clock.now() + restMs });
  }

  /**
   * Whether a pause has not ended. An end further ahead than the longest pause means that the clock was set back, and
   * counts as over.
   */
  #isAhead(openUntil: number): boolean {
    const restMs = openUntil - this.#clock.now();
    return restMs > 0 && restMs <= longestRestMs + clockToleranceMs;
  }

  /** Records that the provider answered, even if it refused. */
  async answered(provider: string): Promise<void> {
    if ((await this.#state.get<Circuit>(provider)) !== undefined) {
      await this.#state.delete(provider);
    }
  }
}
