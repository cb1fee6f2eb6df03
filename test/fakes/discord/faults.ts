import type { JsonObject } from "../json.ts";
import type { RouteName } from "./routes.ts";

/** What goes wrong with a request. `after` means: the server carried it out, and only the answer is affected. */
export type Fault =
  | { readonly kind: "status"; readonly status: number; readonly when?: "before" | "after"; readonly body?: JsonObject }
  | { readonly kind: "drop"; readonly when?: "before" | "after" }
  | { readonly kind: "rate-limit"; readonly retryAfterMs: number; readonly scope?: "user" | "shared" | "global" }
  /** The answer waits until the clock has moved by `ms`. */
  | { readonly kind: "latency"; readonly ms: number; readonly when?: "before" | "after" };

export interface Faults {
  /** The next `times` requests (default 1) to a route meet a fault; `any` stands for every route. */
  next(route: RouteName | "any", fault: Fault, times?: number): void;
  /** Every request to a route meets the fault, until `clear`. */
  always(route: RouteName | "any", fault: Fault): void;
  /** How many requests to it will meet a fault that was planned by `next`. */
  waiting(route: RouteName): number;
  clear(): void;
  /** Takes the fault for a request, if there is one. */
  take(route: RouteName | null): Fault | null;
}

export function createFaults(): Faults {
  let planned: { route: RouteName | "any"; fault: Fault; left: number }[] = [];
  return {
    next(route, fault, times = 1) {
      planned.push({ route, fault, left: times });
    },
    always(route, fault) {
      planned.push({ route, fault, left: Number.POSITIVE_INFINITY });
    },
    waiting(route) {
      return planned.filter((plan) => plan.route === route).reduce((sum, { left }) => sum + left, 0);
    },
    clear() {
      planned = [];
    },
    take(route) {
      const entry = planned.find((plan) => plan.route === "any" || plan.route === route);
      if (entry === undefined) {
        return null;
      }
      entry.left -= 1;
      planned = planned.filter(({ left }) => left > 0);
      return entry.fault;
    },
  };
}
