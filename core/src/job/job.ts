import type { Failure } from "../errors/errors.ts";
import type { Json } from "../ground/json.ts";
import type { Sentence } from "../messages/sentence.ts";
import type { Caller } from "../people/caller.ts";
import type { Balance, Charge, Price, VendorRecord } from "../providers/operation.ts";
import type { StepPlan } from "./step-plan.ts";

/** The form of the stored record; raised when its meaning changes, with a converter in `read-job.ts`. */
export const jobFormat = 2;

/** Why a job waits for a person. */
export type Hold =
  /** A voice is to be cloned and the asker has not confirmed the right to it. */
  | { reason: "consent"; sentence: Sentence }
  /** The price asks for a yes. */
  | { reason: "price"; sentence: Sentence }
  /** A daily limit is reached; an operator may let it pass. */
  | { reason: "budget"; sentence: Sentence }
  /** Its tool or provider is not here any more. */
  | { reason: "parked"; sentence: Sentence };

/** An account's balance at one moment, and its further quotas where the vendor tells any. */
export interface BalanceThen extends Pick<Balance, "amount" | "unit"> {
  quotas?: Balance["quotas"];
  /** Epoch milliseconds. */
  at: number;
}

/** What is known about a start or an operation whose end is not. */
export interface Evidence {
  /** Why it is unresolved. */
  failure: Failure;
  /** The account's balance before the start and when it was last looked at, where the vendor tells. */
  balanceBefore?: BalanceThen;
  balanceNow?: BalanceThen;
  /** What the vendor lists as begun or charged since the start, where it lists anything. `own`: this very operation. */
  records?: (VendorRecord & { own?: true })[];
  /** Its list does not cover work of this kind: that nothing is there would say nothing. */
  unlisted?: true;
  /** How much it lists that is known to be other work of ours. */
  recordsOfOthers?: number;
  /** How much it lists beyond what is kept here. */
  recordsMore?: number;
  /** Other jobs at the same vendor meanwhile: balance and records may be about them. Ids, some of `count`. */
  alongside?: { jobs: string[]; count: number };
}

/** When a start whose end nobody knows is asked about again by itself. */
export interface LateLook {
  /** Epoch milliseconds; null: not by itself any more. Absent in records of before: at once. */
  lookAt?: number | null;
  /** How often it was asked about in vain. Default 0. */
  looksInVain?: number;
}

/**
 * The job's life. `attempt` names one start and what became of it, so that an answer that comes late is never taken for
 * another start's. Each phase owns its data; only {@link transition} changes it. */
export type Phase =
  | { phase: "held"; hold: Hold }
  | {
      phase: "queued";
      /** How often the current start was put off. */
      attempt: number;
      /** Why it was put off. */
      reason?: Failure;
      /** How many jobs stand before it, when its provider has no free place. */
      ahead?: number;
    }
  | { phase: "starting"; step: string; attempt: string; since: number }
  | {
      phase: "running";
      step: string;
      attempt: string;
      since: number;
      /** When it was last checked, epoch milliseconds, and how long it had been waited for until then: see `waitedFor`. */
      checkedAt?: number;
      waitedMs?: number;
      /** Checks made. */
      checks: number;
      /** Checks in a row that could not be made. */
      failedChecks: number;
      /** Why the last of them could not be made, or the result not copied. */
      trouble?: Failure;
      queued?: boolean;
      fraction?: number;
    }
  | { phase: "succeeded" }
  | { phase: "failed"; failure: Failure }
  | { phase: "cancelled" }
  | ({ phase: "unresolved"; step: string; attempt: string; evidence: Evidence } & LateLook);

/** Made at the vendor, on its address, and not yet copied. */
export interface Produced {
  /** What is to be copied yet. `index` is its place among all media of the answer; absent: its place in this list. */
  media: { url: string; name?: string; index?: number }[];
  /** Ids of the stored media whose bytes came with the same answer. */
  assets?: string[];
  facts?: Json;
  text?: string;
  missing?: Failure[];
  charge?: Charge;
  requestId?: string;
}

/** One paid step, by name. Stored as it goes, so that nothing is started twice. */
export interface StepRecord {
  name: string;
  state: "waiting" | "starting" | "running" | "done" | "failed" | "unknown";
  startedAt?: number;
  endedAt?: number;
  /** Names its last start. */
  attempt?: string;
  /** The vendor's operation; stored before anything waits on it. */
  reference?: Json;
  requestId?: string;
  /** What the vendor made and we have not copied yet, when it cannot be asked for again. */
  produced?: Produced;
  /** Ids of the stored media it made. */
  assets: string[];
  facts?: Json;
  /** What the vendor said, where words are the result. */
  text?: string;
  /** What was asked for and not made though the rest was: one failure each. */
  missing?: Failure[];
  charge?: Charge;
  /** What its last start was to cost, as told just before it. */
  price?: Price;
  /** The account's balance just before the start, where the vendor tells. */
  balanceBefore?: BalanceThen;
  /** Starts of this step that a person left behind with no known end, oldest first. What they made is theirs, beside `assets`. */
  earlier?: EarlierStart[];
}

/** A start that its person left, or began again, before its end was known: the end may still come. */
export interface EarlierStart extends Omit<StepRecord, "name" | "earlier">, LateLook {
  attempt: string;
}

/**
 * One start that was perhaps charged and of which no vendor has said what it took: its end is not known, or it failed and
 * may have cost something, or it is done and its vendor tells no charge.
 */
export interface ProbableCharge {
  step: string;
  /** Empty where the record, of an earlier Toolcast, does not name it. */
  attempt: string;
  /** The calendar day of the start, `2026-01-31`. */
  day: string;
  /** At whom it was made. */
  provider: string;
  /** What it costs by its price, or how much the vendor counts; absent where neither is known beforehand. */
  amount?: number;
  /** Empty where nobody knows it. */
  unit: string;
}

/** Something that must reach the person, once. */
export interface Notice {
  /** `<job id>.<n>`: carried in the message so that a surface can find it again. */
  id: string;
  about:
    | "outcome"
    | "held"
    | "unresolved"
    /** The late result of an earlier start. */
    | "further";
  /** The media of this part. */
  assets: string[];
  /** The earlier start a late result is of. */
  attempt?: string;
  state: "pending" | "sending" | "sent" | "unknown" | "undeliverable" | "kept";
  /** The delivery route it took or takes next, by its surface's name for it; `kept` when all are used up. See `routeOf`. */
  rung?: string;
  /** What the surface needs to edit the message later. */
  receipt?: Json;
  attempts: number;
  /** Not before this instant, epoch milliseconds. */
  notBefore?: number;
  /** Why the last try failed, for operators. */
  trouble?: string;
}

/** Somebody's yes to a question about a job. */
export interface Confirmation {
  reason: Hold["reason"];
  by: string;
  at: number;
  /** Given with the request itself, before anything about it was known. */
  beforehand?: true;
  /** The asker saw the price beside the question: a yes to that as well. */
  priceShown?: true;
}

/** One line of the timeline. */
export interface TimelineEntry {
  at: number;
  event: string;
  /** What happened, for people. */
  sentence: Sentence;
}

/** One request of one person, from the first word to the delivered result. */
export interface Job {
  /** {@link jobFormat}; another number for a record of a newer Toolcast, which is shown and never written. */
  format: number;
  /** `job_` and 128 random bits. */
  id: string;
  /** Compared on every write. */
  version: number;
  /** The platform's event id or the caller's idempotency key: a second request with it is the same request. */
  key?: string;
  /** Of what was asked for under that key (`markOf`), where the caller wants the key for nothing else. */
  request?: string;
  tool: string;
  provider: string;
  /** The person chose the provider, by name or by a voice that lives with it: no other does this job. */
  providerNamed?: boolean;
  /** Providers that could not begin it and are not asked again. */
  providersTried?: string[];
  /** Validated input: media are asset ids, or links until `prepared`. */
  input: Record<string, Json>;
  /** What of earlier jobs this one builds on, as the tool recalled it when it was asked. */
  recalled?: Json;
  /** Links among the input are fetched, probed and checked. */
  prepared: boolean;
  caller: Caller;
  createdAt: number;
  updatedAt: number;
  state: Phase;
  /** How the work is cut into steps. */
  plan: StepPlan;
  steps: StepRecord[];
  /** What it is counted with as probably charged, written by `JobStore` alone. Absent: nothing. */
  probable?: ProbableCharge[];
  price?: Price;
  /** A stored wish, not a state. `by`: a caller id. */
  cancelWish?: { at: number; by: string; vendor?: "stopped" | "goes-on" };
  /** Who confirmed what. */
  confirmations: Confirmation[];
  /** The first visible answer in the conversation. */
  acknowledgement?: Json;
  notices: Notice[];
  timeline: TimelineEntry[];
  /** Its person had it erased: what is left is the line of a ledger, and nobody is shown it. */
  erased?: true;
}

export type PhaseName = Phase["phase"];

/** Phases from which nothing more happens by itself. */
export const endedPhases: readonly PhaseName[] = ["succeeded", "failed", "cancelled"];
/** All others: a person, a vendor or the worker may still do something. */
export const openPhases: readonly PhaseName[] = ["held", "queued", "starting", "running", "unresolved"];

export function hasEnded(job: Job): boolean {
  return endedPhases.includes(job.state.phase);
}

/** Nothing is under way: it has ended, or a person is to decide. */
export function isAtRest(job: Job): boolean {
  return hasEnded(job) || job.state.phase === "held" || job.state.phase === "unresolved";
}

/** Everything the job has made, late results last. */
export function assetsOf({ steps }: Pick<Job, "steps">): string[] {
  const late = steps.flatMap(({ earlier = [] }) => earlier);
  return [...steps, ...late].flatMap(({ assets }) => assets);
}
