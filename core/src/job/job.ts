import type { Failure } from "../errors/errors.ts";
import type { Json } from "../ground/json.ts";
import type { Sentence } from "../messages/sentence.ts";
import type { Caller } from "../people/caller.ts";
import type { Balance, Charge, Price, VendorRecord } from "../providers/operation.ts";
import type { StepPlan } from "./step-plan.ts";

/** The format of the stored record; incremented when its meaning changes, with a converter in `read-job.ts`. */
export const jobFormat = 2;

/** Why a job waits for a person. */
export type Hold =
  /** A voice is to be cloned and the asker has not confirmed the right to it. */
  | { reason: "consent"; sentence: Sentence }
  /** The asker must agree to the price. */
  | { reason: "price"; sentence: Sentence }
  /** A daily limit is reached; an operator may release the job. */
  | { reason: "budget"; sentence: Sentence }
  /** Its tool or provider is no longer here. */
  | { reason: "parked"; sentence: Sentence }
  /** Several processes in a row have ended while they worked on it; an operator may release the job. */
  | { reason: "set-aside"; sentence: Sentence };

/** An account's balance at one moment, and its further quotas, if the vendor tells any. */
export interface BalanceThen extends Pick<Balance, "amount" | "unit"> {
  quotas?: Balance["quotas"];
  /** Epoch milliseconds. */
  at: number;
}

/** What is known about a start or an operation whose end is not known. */
export interface Evidence {
  /** Why it is unresolved. */
  failure: Failure;
  /** The account's balance before the start and when it was last checked, if the vendor tells it. */
  balanceBefore?: BalanceThen;
  balanceNow?: BalanceThen;
  /** What the vendor lists as started or charged since the start, if it lists anything. `own`: this very operation. */
  records?: (VendorRecord & { own?: true })[];
  /** Its list does not cover work of this kind: that the work is not listed means nothing. */
  unlisted?: true;
  /** How many listed entries are known to be other work of ours. */
  recordsOfOthers?: number;
  /** How many listed entries are not kept here. */
  recordsMore?: number;
  /** Other jobs at the same vendor meanwhile, to which balance and records may belong: some of the `count` ids. */
  alongside?: { jobs: string[]; count: number };
}

/** When to ask the vendor again about a start whose end is unknown. */
export interface LateLook {
  /** Epoch milliseconds; null for never. Absent in older records, which means now. */
  lookAt?: number | null;
  /** How often the vendor was asked without success. Default 0. */
  looksInVain?: number;
}

/**
 * The job's life. `attempt` names one start and everything said about it: an answer that comes late is never taken for
 * that of another start. Each phase owns its data; only {@link transition} changes it.
 */
export type Phase =
  | { phase: "held"; hold: Hold }
  | {
      phase: "queued";
      /** How often the current start was deferred. */
      attempt: number;
      /** Why it was deferred. */
      reason?: Failure;
      /** How many jobs are ahead of it, if its provider has no free slot. */
      ahead?: number;
    }
  | {
      phase: "starting";
      step: string;
      attempt: string;
      since: number;
      /** How often it got no clear answer and is asked again with the same key. Default 0. */
      unanswered?: number;
    }
  | {
      phase: "running";
      step: string;
      attempt: string;
      since: number;
      /** When it was last checked, epoch milliseconds, and how long it had been waited for until then: see `waitedFor`. */
      checkedAt?: number;
      waitedMs?: number;
      /** How many checks were made. */
      checks: number;
      /** How many checks in a row could not be made. */
      failedChecks: number;
      /** Why the last of those could not be made, or the result could not be copied. */
      trouble?: Failure;
      queued?: boolean;
      fraction?: number;
    }
  | { phase: "succeeded" }
  | { phase: "failed"; failure: Failure }
  | { phase: "cancelled" }
  | ({ phase: "unresolved"; step: string; attempt: string; evidence: Evidence } & LateLook);

/** What the vendor made and keeps at its addresses, not yet copied. */
export interface Produced {
  /**
   * What remains to be copied. `index` is the position among all media of the answer; absent: the position in this
   * list.
   */
  media: { url: string; name?: string; index?: number }[];
  /** Ids of the stored media whose bytes came with the same answer. */
  assets?: string[];
  facts?: Json;
  text?: string;
  missing?: Failure[];
  charge?: Charge;
  requestId?: string;
}

/** One paid step, by name. Stored at every change, so that nothing is started twice. */
export interface StepRecord {
  name: string;
  state: "waiting" | "starting" | "running" | "done" | "failed" | "unknown";
  startedAt?: number;
  endedAt?: number;
  /** Names the last start. */
  attempt?: string;
  /** The vendor's operation; stored before anything waits for it. */
  reference?: Json;
  requestId?: string;
  /** What the vendor made and we have not copied yet, if the vendor cannot be asked for it again. */
  produced?: Produced;
  /** Ids of the stored media it made. */
  assets: string[];
  facts?: Json;
  /** The vendor's text, if the result is text. */
  text?: string;
  /** As much of a text as had arrived when it was last stored, unless all of it has. */
  partial?: string;
  /** Its person stopped it: `text` is not complete. */
  stopped?: boolean;
  /** What was requested but not made, although the rest was: one failure each. */
  missing?: Failure[];
  charge?: Charge;
  /** The price of its last start, as stated just before it. */
  price?: Price;
  /** The account's balance just before the start, if the vendor tells it. */
  balanceBefore?: BalanceThen;
  /**
   * Starts of this step that a person gave up with no known end, oldest first. What they made is stored in them, not in
   * `assets`.
   */
  earlier?: EarlierStart[];
}

/** A start that its person gave up, or repeated, before its end was known: the end may still come. */
export interface EarlierStart extends Omit<StepRecord, "name" | "earlier">, LateLook {
  attempt: string;
}

/**
 * One start that may have been charged, without a charge named by its vendor: its end is not known, or it failed and
 * may have cost something, or it is done and its vendor names no charges; then its price may be unknown, too.
 */
export interface ProbableCharge {
  step: string;
  /** Empty if the record comes from an earlier Toolcast and does not name it. */
  attempt: string;
  /** The calendar day of the start, e.g. `2026-01-31`. */
  day: string;
  /** The provider at which it was made. */
  provider: string;
  /** What it costs by its price, or the quantity that the vendor counts; absent if neither is known beforehand. */
  amount?: number;
  /** Empty if it is unknown. */
  unit: string;
}

/** Something that must be delivered to the person, once. */
export interface Notice {
  /** `<job id>.<n>`: contained in the message, where a surface can find it again. */
  id: string;
  about:
    | "outcome"
    | "held"
    | "unresolved"
    /** The late result of an earlier start. */
    | "further";
  /** The media of this part. */
  assets: string[];
  /** The earlier start whose late result it is. */
  attempt?: string;
  state: "pending" | "sending" | "sent" | "unknown" | "undeliverable" | "kept";
  /** The delivery route it took or takes next, by its surface's name for it; `kept` when all are used up. See `routeOf`. */
  rung?: string;
  /** What the surface needs to edit the message later. */
  receipt?: Json;
  /** Sends on its current route that ended without an answer. */
  attempts: number;
  /** The same on all routes together. Default 0. */
  unanswered?: number;
  /** The routes that its surface refused. Default none. */
  closedRoutes?: string[];
  /** Not before this instant, epoch milliseconds. */
  notBefore?: number;
  /** Why the last attempt failed, for operators. */
  trouble?: string;
}

/** Somebody's agreement to a question about a job. */
export interface Confirmation {
  reason: Hold["reason"];
  by: string;
  at: number;
  /** Given with the request, before anything about it was known. */
  beforehand?: true;
  /** The price was shown beside the question: the asker agreed to it, too. */
  priceShown?: true;
}

/** One line of the timeline. */
export interface TimelineEntry {
  at: number;
  event: string;
  /** What happened, for people. */
  sentence: Sentence;
}

/** One request by one person, from its arrival to the delivered result. */
export interface Job {
  /** {@link jobFormat}; any other number comes from a newer Toolcast, whose records are shown but never written. */
  format: number;
  /** `job_` and 128 random bits. */
  id: string;
  /** Compared with the stored one on every write. */
  version: number;
  /** The platform's event id or the caller's idempotency key: a second request with it is the same request. */
  key?: string;
  /** The mark (`markOf`) of what was requested under that key, if the caller wants the key used for nothing else. */
  request?: string;
  tool: string;
  provider: string;
  /** The person chose the provider, by name or by a voice that exists only there: no other does this job. */
  providerNamed?: boolean;
  /** Providers that could not start it and are not asked again. */
  providersTried?: string[];
  /** Validated input; media are asset ids, or links until `prepared`. */
  input: Record<string, Json>;
  /** What this job uses from earlier ones, as the tool recalled it at the time of the request. */
  recalled?: Json;
  /** Whether links in the input have been fetched, probed and checked. */
  prepared: boolean;
  caller: Caller;
  createdAt: number;
  updatedAt: number;
  state: Phase;
  /** How the work is cut into steps. */
  plan: StepPlan;
  steps: StepRecord[];
  /** The probable charges that the counters contain for this job, written only by `JobStore`. Absent: none. */
  probable?: ProbableCharge[];
  price?: Price;
  /** A stored request, not a state. `by`: a caller id. */
  cancelWish?: { at: number; by: string; vendor?: "stopped" | "goes-on" };
  /** Who confirmed what. */
  confirmations: Confirmation[];
  /**
   * How many processes in a row have ended while they advanced it. `entries` and `at`: the length of its timeline and the
   * instant of the last entry at that time; since then the job has got no further if they are the same.
   */
  interrupted?: { times: number; entries: number; at: number };
  /** The first visible answer in the conversation. */
  acknowledgement?: Json;
  notices: Notice[];
  timeline: TimelineEntry[];
  /** Its person had it erased: only an entry for the ledger is left, which nobody is shown. */
  erased?: true;
  /** Its record was removed past its time: only its id, its key and the mark of its request are known. Never stored. */
  removed?: true;
}

export type PhaseName = Phase["phase"];

/** Phases after which nothing more happens. */
export const endedPhases: readonly PhaseName[] = ["succeeded", "failed", "cancelled"];
/** All others: a person, a vendor or the worker may still do something. */
export const openPhases: readonly PhaseName[] = ["held", "queued", "starting", "running", "unresolved"];

export function hasEnded(job: Job): boolean {
  return endedPhases.includes(job.state.phase);
}

/** Phases in which nothing is under way: it has ended, or a person has to decide. */
export const phasesAtRest: readonly PhaseName[] = [...endedPhases, "held", "unresolved"];

export function isAtRest(job: Job): boolean {
  return phasesAtRest.includes(job.state.phase);
}

/** All media the job has made, late results last. */
export function assetsOf({ steps }: Pick<Job, "steps">): string[] {
  const late = steps.flatMap(({ earlier = [] }) => earlier);
  return [...steps, ...late].flatMap(({ assets }) => assets);
}
