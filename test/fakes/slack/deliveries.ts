import type { JsonObject } from "../json.ts";
import type { Base } from "./context.ts";
import { slackLimits } from "./limits.ts";

export type DeliveryKind = "event" | "command" | "interaction";

export interface Attempt {
  readonly at: number;
  readonly retryNumber: number;
  readonly retryReason: string;
  /** The receiver: the address, or the number of the socket. Null if there was none. */
  receiver: string | null;
  state: "waiting" | "acknowledged" | "failed";
}

/** Something sent to the app, from the person's act to its acknowledgement. */
export interface Delivery {
  readonly id: string;
  readonly kind: DeliveryKind;
  /** The event's type, the command with its slash, or the interaction's type. */
  readonly name: string;
  readonly payload: JsonObject;
  readonly userId: string | null;
  readonly at: number;
  readonly attempts: Attempt[];
  /** `missed` if no attempt was acknowledged in time and no further one will follow. */
  state: "waiting" | "acknowledged" | "missed";
  acknowledgedAt: number | null;
  /** The body of the acknowledgement. */
  answer: unknown;
  /** The error that the person's client shows if the app failed them: `operation_timeout`, `dispatch_failed`, … */
  problem: string | null;
}

export interface Outgoing {
  readonly delivery: Delivery;
  readonly retryNumber: number;
  readonly retryReason: string;
}

export type Outcome =
  | { readonly ok: true; readonly answer: unknown }
  | { readonly ok: false; readonly reason: string; readonly noRetry?: boolean };

/** Sends one attempt to a receiver and returns which one; `give` may be called later, and only once has an effect. */
export type Transport = (outgoing: Outgoing, give: (outcome: Outcome) => void) => string | null;

export interface Deliveries {
  readonly all: readonly Delivery[];
  send(
    given: Pick<Delivery, "kind" | "name" | "payload" | "userId">,
    answered?: (answer: unknown, delivery: Delivery) => void,
  ): Delivery;
  /** Sends the same again, as Slack does when an acknowledgement got lost on its way. */
  redeliver(delivery: Delivery, reason?: string): void;
}

export function createDeliveries({ clock, ids, changed }: Base, transport: Transport): Deliveries {
  const all: Delivery[] = [];
  const answers = new Map<string, (answer: unknown, delivery: Delivery) => void>();

  function attempt(delivery: Delivery, retryNumber: number, retryReason: string, again: boolean): void {
    const attempt_: Attempt = { at: clock.now(), retryNumber, retryReason, receiver: null, state: "waiting" };
    delivery.attempts.push(attempt_);
    let open = true;
    const give = (outcome: Outcome) => {
      if (!open) {
        return;
      }
      open = false;
      cancel();
      attempt_.state = outcome.ok ? "acknowledged" : "failed";
      if (outcome.ok) {
        acknowledge(delivery, outcome.answer);
      } else if (!again) {
        failed(delivery, retryNumber, outcome);
      }
      changed();
    };
    const cancel = clock.setTimer(slackLimits.acknowledgeWithinMs, () => give({ ok: false, reason: "http_timeout" }));
    attempt_.receiver = transport({ delivery, retryNumber, retryReason }, give);
    changed();
  }

  function acknowledge(delivery: Delivery, answer: unknown): void {
    if (delivery.state === "acknowledged") {
      return;
    }
    delivery.state = "acknowledged";
    delivery.acknowledgedAt = clock.now();
    delivery.answer = answer;
    answers.get(delivery.id)?.(answer, delivery);
  }

  function failed(delivery: Delivery, retryNumber: number, { reason, noRetry = false }: Outcome & { ok: false }): void {
    const waitMs = delivery.kind === "event" && !noRetry ? slackLimits.eventRetriesMs[retryNumber] : undefined;
    if (waitMs === undefined) {
      delivery.state = delivery.state === "waiting" ? "missed" : delivery.state;
      delivery.problem = reason === "http_timeout" ? "operation_timeout" : "dispatch_failed";
      return;
    }
    const retry = () => {
      if (delivery.state === "waiting") {
        attempt(delivery, retryNumber + 1, reason, false);
      }
    };
    if (waitMs === 0) {
      setImmediate(retry);
    } else {
      clock.setTimer(waitMs, retry);
    }
  }

  return {
    all,
    send(given, answered) {
      const delivery: Delivery = {
        ...given,
        id: ids.next("D"),
        at: clock.now(),
        attempts: [],
        state: "waiting",
        acknowledgedAt: null,
        answer: null,
        problem: null,
      };
      all.push(delivery);
      if (answered !== undefined) {
        answers.set(delivery.id, answered);
      }
      attempt(delivery, 0, "", false);
      return delivery;
    },
    redeliver(delivery, reason = "http_timeout") {
      attempt(delivery, delivery.attempts.length, reason, true);
    },
  };
}
