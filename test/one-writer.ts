import type { Clock } from "@toolcast/core/engine";

/** What a store's writes cost. */
export interface WriteCost {
  /** Milliseconds of the clock for each; may be changed at any time. */
  eachMs: number;
}

/**
 * Makes writes cost time, one after the other as in one file: what waits behind many of them is late. Gives what takes an
 * object to the same object, whose named methods write.
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
