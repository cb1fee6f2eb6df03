import type { Clock } from "@toolcast/core/engine";

/** The duration of a store's writes. */
export interface WriteCost {
  /** Milliseconds of the clock per write; may be changed at any time. */
  eachMs: number;
}

/**
 * Makes writes take time, one after the other as in a single file: a write behind many others is late. Returns a
 * function that wraps an object and treats its named methods as writes.
 */
export function createOneWriter(clock: Clock, cost: WriteCost) {
  let line: Promise<void> = Promise.resolve();
  return <Target extends object>(target: Target, methods: readonly (keyof Target & string)[]): Target =>
    new Proxy(target, {
      get(object, property) {
        const value: unknown = Reflect.get(object, property);
        if (typeof value !== "function") {
          return value;
        }
        const bound = value.bind(object) as (...values: unknown[]) => unknown;
        if (!(methods as readonly string[]).includes(property as string)) {
          return bound;
        }
        return async (...values: unknown[]) => {
          if (cost.eachMs > 0) {
            const turn = line.then(() => new Promise<void>((resolve) => clock.setTimer(cost.eachMs, resolve)));
            line = turn;
            await turn;
          }
          return bound(...values);
        };
      },
    });
}
