import { untilQuiet } from "./until-quiet.ts";

/** Knows which calls have not ended yet, so that a test can let everything happen that needs no time to pass. */
export class CallsUnderWay {
  /** Those that need no time to pass, as far as is known. */
  readonly #open = new Set<Promise<unknown>>();
  #ended = 0;

  follow<Result>(call: Promise<Result>): Promise<Result> {
    this.#open.add(call);
    return call.finally(() => {
      this.#open.delete(call);
      this.#ended += 1;
    });
  }

  /** The same object, with each of its calls followed that returns a promise. */
  counted<Target extends object>(target: Target, { except = [] }: { except?: readonly (keyof Target)[] } = {}): Target {
    return new Proxy(target, {
      get: (object, property) => {
        const value: unknown = Reflect.get(object, property);
        if (typeof value !== "function" || except.includes(property as keyof Target)) {
          return value;
        }
        return (...parts: unknown[]) => {
          const end: unknown = value.apply(object, parts);
          return end instanceof Promise ? this.follow(end) : end;
        };
      },
    });
  }

  /** Until no call is under way, or those that are wait for the test's clock. `isQuiet`: what has to be so besides. */
  async calm(isQuiet: () => boolean = () => true): Promise<void> {
    await untilQuiet({ isQuiet: () => this.#open.size === 0 && isQuiet(), ended: () => this.#ended });
    // To find that out took long, so it is not asked of the same calls again.
    this.#open.clear();
  }
}
