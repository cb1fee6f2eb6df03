import type { Clock } from "@toolcast/core/engine";

/** An action of a process that others can see. */
export interface Effect {
  name: string;
  when: "before" | "after";
}

/** A process that can die: once it is dead, nothing it does takes effect and nothing it awaits arrives. */
export interface MortalProcess {
  /** Its effects so far, by name; each has two sides. */
  effects: Effect[];
  dead: boolean;
  /** Resolves when it dies. */
  death: Promise<void>;
  die(): void;
  /** Like SIGSTOP: no timer fires until `thaw`; answers that were on their way still arrive. */
  freeze(): void;
  thaw(): void;
  clock: Clock;
  /** The same object, with the named methods as effects of this process. */
  guard<Target extends object>(label: string, target: Target, methods: readonly (keyof Target & string)[]): Target;
}

/** `killAt`: the number of the side, counted from 0, at which the process dies; if absent, it lives. */
export function createMortalProcess(clock: Clock, killAt = Number.POSITIVE_INFINITY): MortalProcess {
  const never = new Promise<never>(() => {});
  const missed: (() => void)[] = [];
  let frozen = false;
  const death = Promise.withResolvers<void>();

  function cross(name: string, when: Effect["when"]): void {
    if (life.effects.length === killAt) {
      life.die();
    }
    life.effects.push({ name, when });
  }

  const life: MortalProcess = {
    effects: [],
    dead: false,
    death: death.promise,
    die() {
      life.dead = true;
      death.resolve();
    },
    freeze() {
      frozen = true;
    },
    thaw() {
      frozen = false;
      for (const callback of missed.splice(0)) {
        callback();
      }
    },
    clock: {
      now: clock.now,
      monotonic: clock.monotonic,
      setTimer: (delayMs, callback) =>
        clock.setTimer(delayMs, () => {
          if (frozen) {
            missed.push(callback);
          } else if (!life.dead) {
            callback();
          }
        }),
    },
    guard: (label, target, methods) =>
      new Proxy(target, {
        get(object, property) {
          const value: unknown = Reflect.get(object, property);
          if (typeof value !== "function") {
            return value;
          }
          const bound = value.bind(object) as (...values: unknown[]) => unknown;
          const isEffect = (methods as readonly string[]).includes(property as string);
          return (...values: unknown[]) => {
            if (life.dead) {
              return never;
            }
            if (!isEffect) {
              return outlived(bound(...values));
            }
            return act(`${label}.${String(property)}`, () => bound(...values));
          };
        },
      }),
  };

  async function act(name: string, work: () => unknown): Promise<unknown> {
    cross(name, "before");
    if (life.dead) {
      return never;
    }
    try {
      return await work();
    } finally {
      if (!life.dead) {
        cross(name, "after");
      }
      if (life.dead) {
        // biome-ignore lint/correctness/noUnsafeFinally: a dead process gets neither the answer nor the error
        return never;
      }
    }
  }

  /** An answer that comes after the process died is not received. */
  function outlived(value: unknown): unknown {
    return value instanceof Promise ? value.then((end) => (life.dead ? never : end)) : value;
  }

  return life;
}
