import type Keyv from "keyv";
import type { Clock } from "../ground/clock.ts";
import { clockToleranceMs } from "../ground/due.ts";

/** This many starts in a row without a usable answer open a circuit. */
const failuresToOpen = 5;
const firstRestMs = 30_000;
const longestRestMs = 10 * 60_000;
/** How long the one start that tries whether the provider is back keeps the others waiting, at most. */
const trialMs = 15_000;

interface Circuit {
  failures: number;
  /** Epoch milliseconds. */
  openUntil: number;
  /** The rest is over and one start is trying. */
  trying?: boolean;
}

/**
 * Which providers are left alone for a while, because start after start came back without a usable answer. Shared by
 * all processes; two that write at once may miss a count, which only delays the rest by one start.
 */
export class Circuits {
  readonly #state: Keyv;
  readonly #clock: Clock;

  constructor(state: Keyv, clock: Clock) {
    this.#state = state;
    this.#clock = clock;
  }

  /** Until when the provider is left alone, epoch milliseconds; null when it may be asked. */
  async openUntil(provider: string): Promise<number | null> {
    const openUntil = (await this.#state.get<Circuit>(provider))?.openUntil ?? 0;
    return this.#isAhead(openUntil) ? openUntil : null;
  }

  /**
   * Asked before a start: until when to wait; null for go. After a rest one start goes first, so that all who waited do
   * not run into the same trouble at once.
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

  /** A start came back without a usable answer. Each trial after a rest that ends so doubles the next rest. */
  async failed(provider: string): Promise<void> {
    const circuit = await this.#state.get<Circuit>(provider);
    if (circuit !== undefined && this.#isAhead(circuit.openUntil) && circuit.trying !== true) {
      // It was under way when the circuit opened: old news.
      return;
    }
    const failures = (circuit?.failures ?? 0) + 1;
    const over = failures - failuresToOpen;
    const restMs = Math.min(longestRestMs, firstRestMs * 2 ** Math.min(Math.max(over, 0), 20));
    await this.#state.set(provider, { failures, openUntil: over < 0 ? 0 : this.#clock.now() + restMs });
  }

  /** No rest is longer than the longest: further ahead, the clock was set back since, and the rest is over. */
  #isAhead(openUntil: number): boolean {
    const restMs = openUntil - this.#clock.now();
    return restMs > 0 && restMs <= longestRestMs + clockToleranceMs;
  }

  /** It answered, be it with a no. */
  async answered(provider: string): Promise<void> {
    if ((await this.#state.get<Circuit>(provider)) !== undefined) {
      await this.#state.delete(provider);
    }
  }
}
