/** What every chat surface stands on, whatever its platform. */

// What is sent, and how that ends.
export type { Budget } from "./budgets.ts";
export { Outbox, type OutboxOptions, type Priority, type Send } from "./outbox.ts";
export {
  type ReadFailure,
  reasonOf,
  SendError,
  type SendFailure,
  type SendFailures,
  type SendReason,
  sendEndOf,
  sendFailures,
} from "./send-failure.ts";
export { type NotedSend, SendNotes, type UnseenSend } from "./send-notes.ts";
export { Turnstile } from "./turnstile.ts";
