import type { JsonObject } from "../json.ts";

/** What goes wrong with a request. `after` means: the server carried it out, and only the answer is affected. */
export type Fault =
  | {
      readonly kind: "status";
      readonly status: number;
      readonly when?: "before" | "after";
      readonly body?: JsonObject | string;
    }
  | { readonly kind: "drop"; readonly when?: "before" | "after" }
  /** 429, and the chat stays closed to sends and edits for this long. */
  | { readonly kind: "flood"; readonly seconds: number }
  /** The answer waits until the clock has moved by `ms`. */
  | { readonly kind: "hang"; readonly ms: number; readonly when?: "before" | "after" };

export interface FaultFilter {
  /** Only requests to this chat. */
  readonly chatId?: number;
  /** How many requests meet the fault; default 1. */
  readonly times?: number;
  /** How many pass before that; default none. A request that meets an earlier fault is not counted. */
  readonly after?: number;
}

export interface Faults {
  /** The next request to a method (`any` stands for every one, `file` for a download) meets a fault. */
  next(method: string, fault: Fault, filter?: FaultFilter): void;
  /** Every request meets it, until `clear`. */
  always(method: string, fault: Fault, filter?: Pick<FaultFilter, "chatId">): void;
  /** How many requests to it will meet a fault that was planned by `next`. */
  waiting(method: string): number;
  clear(): void;
  /** Takes the fault for a request, if there is one. */
  take(method: string, chatId: number | null): Fault | null;
}

export function createFaults(): Faults {
  let planned: { method: string; fault: Fault; chatId: number | null; left: number; after: number }[] = [];
  return {
    next(method, fault, { chatId, times = 1, after = 0 } = {}) {
      planned.push({ method, fault, chatId: chatId ?? null, left: times, after });
    },
    always(method, fault, { chatId } = {}) {
      planned.push({ method, fault, chatId: chatId ?? null, left: Number.POSITIVE_INFINITY, after: 0 });
    },
    waiting(method) {
      return planned.filter((plan) => plan.method === method).reduce((sum, { left }) => sum + left, 0);
    },
    clear() {
      planned = [];
    },
    take(method, chatId) {
      const matching = planned.filter(
        (plan) => (plan.method === "any" || plan.method === method) && (plan.chatId === null || plan.chatId === chatId),
      );
      const entry = matching.find(({ after }) => after === 0);
      if (entry === undefined) {
        for (const plan of matching) {
          plan.after -= 1;
        }
        return null;
      }
      entry.left -= 1;
      planned = planned.filter(({ left }) => left > 0);
      return entry.fault;
    },
  };
}
