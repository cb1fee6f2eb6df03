import type { JsonObject } from "../json.ts";
import type { MethodName } from "./methods.ts";

/** The target of a fault: a method, the reply address of a command or action, an upload's bytes, a file's bytes. */
export type Target = MethodName | "response_url" | "upload" | "download";

/** What goes wrong with a request. `after` means: Slack carried it out, and only the answer is affected. */
export type Fault =
  | { readonly kind: "status"; readonly status: number; readonly when?: "before" | "after"; readonly body?: JsonObject }
  /** `{ ok: false, error }`, e.g. `internal_error`, `fatal_error`, `service_unavailable`. */
  | { readonly kind: "error"; readonly error: string; readonly when?: "before" | "after" }
  | { readonly kind: "drop"; readonly when?: "before" | "after" }
  | { readonly kind: "rate-limit"; readonly retryAfterSeconds: number }
  /** The answer waits until the clock has moved by `ms`; `Infinity` for one that hangs. */
  | { readonly kind: "latency"; readonly ms: number; readonly when?: "before" | "after" };

export interface Faults {
  /** The next `times` requests (default 1) to a target meet a fault; `any` stands for every target. */
  next(target: Target | "any", fault: Fault, times?: number): void;
  /** Every request to a target meets the fault, until `clear`. */
  always(target: Target | "any", fault: Fault): void;
  /** How many requests to it will meet a fault that was planned by `next`. */
  waiting(target: Target): number;
  clear(): void;
  /** Takes the fault for a request, if there is one. */
  take(target: Target | null): Fault | null;
}

export function createFaults(): Faults {
  let planned: { target: Target | "any"; fault: Fault; left: number }[] = [];
  return {
    next(target, fault, times = 1) {
      planned.push({ target, fault, left: times });
    },
    always(target, fault) {
      planned.push({ target, fault, left: Number.POSITIVE_INFINITY });
    },
    waiting(target) {
      return planned.filter((plan) => plan.target === target).reduce((sum, { left }) => sum + left, 0);
    },
    clear() {
      planned = [];
    },
    take(target) {
      const entry = planned.find((plan) => plan.target === "any" || plan.target === target);
      if (entry === undefined) {
        return null;
      }
      entry.left -= 1;
      planned = planned.filter(({ left }) => left > 0);
      return entry.fault;
    },
  };
}
