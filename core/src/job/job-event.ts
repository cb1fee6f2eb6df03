import type { Failure } from "../errors/errors.ts";
import type { Json } from "../ground/json.ts";
import type { LocalizedText } from "../ground/locale.ts";
import type { Caller } from "../people/caller.ts";
import type { Charge, Price } from "../providers/operation.ts";
import type { Evidence, Hold, Produced, StepRecord } from "./job.ts";
import type { StepPlan } from "./step-plan.ts";

/** Who decided. */
type Person = Pick<Caller, "id" | "name">;

/** What can happen to a job. */
export type JobEvent =
  /** Links in the input have become stored media. */
  | { event: "prepared"; input: Record<string, Json>; price?: Price }
  /** Its provider has no free slot. */
  | { event: "waited"; ahead: number }
  /** Its provider is not asked for a while. */
  | { event: "rested"; failure: Failure }
  | { event: "held"; hold: Hold }
  | { event: "released"; by: Person }
  /** The intent to start a step, stored before the start. */
  | { event: "dispatched"; step: string; attempt: string; balanceBefore?: StepRecord["balanceBefore"]; price?: Price }
  | { event: "operation-begun"; attempt: string; reference: Json; requestId?: string }
  /** The start's answer contains the result's address, which is stored before the result is copied. */
  | { event: "result-made"; attempt: string; produced: Produced }
  | {
      event: "step-done";
      step: string;
      attempt: string;
      assets: string[];
      facts?: Json;
      text?: string;
      stopped?: boolean;
      missing?: Failure[];
      charge?: Charge;
      requestId?: string;
    }
  /** More of a text has arrived; `text` is all of it so far. */
  | { event: "text-grew"; attempt: string; text: string }
  /** Not sent, or refused in a way that allows an automatic retry. */
  | { event: "start-deferred"; attempt: string; failure: Failure }
  | { event: "start-refused"; attempt: string; failure: Failure }
  /** Nothing was started at its provider, and another one does the job, from the first step on. */
  | {
      event: "provider-changed";
      attempt?: string;
      provider: string;
      title: LocalizedText;
      /** The title of the provider before. */
      from: LocalizedText;
      plan: StepPlan;
      steps: string[];
      price?: Price;
      failure: Failure;
    }
  /** No clear answer came; the vendor knows the start by its key and is asked again with it. */
  | { event: "start-unanswered"; attempt: string; failure: Failure }
  | { event: "start-unknown"; attempt: string; evidence: Evidence }
  | { event: "progressed"; queued: boolean; fraction?: number; reference?: Json }
  | { event: "check-missed"; failure: Failure }
  | { event: "operation-failed"; attempt: string; failure: Failure }
  /** `isLeftAlone`: the vendor is not asked again unless a person wants it or the vendor gives a hint. Default false. */
  | { event: "operation-overdue"; attempt: string; evidence: Evidence; isLeftAlone?: boolean }
  /**
   * The vendor was asked about a start with no known end and knows none yet; to be asked again at `nextAt`, null for
   * never.
   */
  | { event: "looked-in-vain"; attempt: string; nextAt: number | null }
  /** The input turned out to be wrong before anything was started. */
  | { event: "rejected"; failure: Failure }
  | { event: "finished" }
  | { event: "cancel-wished"; by: Person }
  | { event: "cancel-answered"; attempt: string; vendor: "stopped" | "goes-on" }
  /** A person's decisions about an unresolved job. */
  | { event: "started-again"; by: Person }
  | { event: "looked-again"; by: Person }
  | { event: "left"; by: Person };

export type JobEventName = JobEvent["event"];
