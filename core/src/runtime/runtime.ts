import type { Failure } from "../errors/errors.ts";
import type { Json } from "../ground/json.ts";
import type { Locale, LocalizedText } from "../ground/locale.ts";
import type { Agreement } from "../job/agreement.ts";
import type { Inbox } from "../job/inbox.ts";
import type { Hold, Job, PhaseName } from "../job/job.ts";
import type { NamedRequest } from "../job/request-mark.ts";
import type { JobQuestion } from "../job-view/job-question.ts";
import type { Asset } from "../media/media.ts";
import type { MediaLink } from "../media/media-links.ts";
import type { Preview, PreviewBounds } from "../media/preview.ts";
import type { MediaStore } from "../media/store.ts";
import type { Sentence } from "../messages/sentence.ts";
import type { Caller } from "../people/caller.ts";
import type { Provider } from "../providers/provider.ts";
import type { Message } from "../surface/message.ts";
import type { MessageDetail } from "../surface/message-detail.ts";
import type { Surface, SurfaceLimits } from "../surface/surface.ts";
import type { Suggestion, Tool } from "../tools/tool.ts";
import type { ClockStep } from "./clock-steps.ts";
import type { Condition } from "./condition.ts";

/** One request by a person or program. */
export interface CallRequest {
  /** A tool's name or command. */
  tool: string;
  /** As it came: validated here. Numbers and flags may be strings. Media are asset ids or links. */
  input: Record<string, unknown>;
  /** Who asks, and where to answer. */
  caller: Caller;
  /**
   * The platform's event id or the caller's idempotency key: the same key from the same caller again is the same
   * request. Left out: every call is a new request.
   */
  key?: string;
  /**
   * The original request that the key stands for (`input` may name files that were stored again): the same key with a
   * different request is then refused. Default: only the key counts, as with a platform's event ids.
   */
  request?: NamedRequest;
  /** The inbox entry of this request: the job's id is stored in it in the same commit as the job. Default none. */
  inbox?: string;
  /**
   * What the caller agrees to beforehand: the job is not held for these, and the agreement is recorded. Default:
   * nothing.
   */
  agreed?: readonly Agreement[];
  /**
   * What happens to a request that would have to wait for a person. Default `store`. A caller that cannot be asked (a
   * program) passes `refuse`: then nothing is stored, and the reply says what it would have to agree to.
   */
  whenHeld?: "store" | "refuse";
  /** How much an answer about a job shows of it. Default: chosen by the tool. */
  detail?: MessageDetail;
  /**
   * False for a caller that shows the job itself, after waiting for it: the message of a `job` reply is then empty, and
   * no work is done for it. Default true.
   */
  showsJob?: boolean;
}

/** The immediate reply. `message` is in the caller's language and fits its place, as deliveries do. */
export type Reply =
  /** `job`: the job that the answer is about. */
  | { type: "answer"; message: Message; data: Json; job?: Job }
  /** Stored; `message` shows it to the caller, and what follows is delivered. `repeated`: the key was known. */
  | { type: "job"; job: Job; message: Message; repeated: boolean }
  /** Nothing was stored, sent or spent. `hold`: what it would have had to wait for, with `whenHeld: "refuse"`. */
  | { type: "refused"; failure: Failure; message: Message; hold?: Hold["reason"] };

/** What a request would become. Nothing was stored, sent or spent. */
export type Quote =
  | {
      type: "quote";
      /** What the caller would have to agree to. */
      asks: Agreement[];
      /** What would be started, by whom, for how much, and the questions: all that a decision needs. */
      message: Message;
      /** For programs. */
      data: Json;
      /**
       * Equal for the same request at the same provider and price, with the same questions: agreeing to one quote is
       * not agreeing to another.
       */
      mark: string;
    }
  | Extract<Reply, { type: "refused" }>;

/** The press of a button in a {@link Message}. */
export interface PressRequest {
  /** From the button. */
  action: string;
  /** From the button; it identifies the question that was answered. */
  subject: string;
  /** Who pressed. */
  caller: Caller;
}

/** An operator's view: how much is open, what needs a decision, what was spent, who does not answer. */
export interface Overview {
  /** Why no paid work is started and nothing delivered: the store is a copy that was not released. Usually null. */
  held: Sentence | null;
  /** The number of jobs in each phase, of all callers. */
  phases: Record<PhaseName, number>;
  /** Jobs that wait for a decision, of all callers, newest first; at most 100. */
  waiting: Job[];
  /**
   * What was charged, newest day first. The last row of each provider and unit may have no day and no person: what was
   * charged before the first day that is shown.
   */
  spend: { day: string; provider: string; unit: string; person: string; amount: number }[];
  /**
   * What vendors have probably charged in addition: starts with no known end and failures that may have cost something,
   * by the day of the start, and likewise in one row for earlier days. `unpriced`: how many further ones have an unknown amount.
   */
  probable: { day: string; provider: string; unit: string; person: string; amount: number; unpriced: number }[];
  /** In order of preference. */
  providers: {
    id: string;
    title: LocalizedText;
    /** How many starts are under way at the vendor, of at most `concurrent`. */
    running: number;
    concurrent: number;
    /** Until when it is not asked because it does not answer, epoch milliseconds; null if it may be asked. */
    restsUntil: number | null;
  }[];
}

/** Something that belongs to one person, who may delete it. */
export interface OwnThing {
  /** A stored medium, a cloned voice, or an ended job. */
  kind: "file" | "voice" | "job";
  /** Its id in full. */
  id: string;
}

/** A wish to delete things; unless it is confirmed, the answer only says what that would mean. */
export interface RemovalRequest {
  /** At most 1,000. */
  things: readonly OwnThing[];
  /** The titles of conversations that the surface itself deletes with them: counted and listed. Default none. */
  also?: readonly string[];
  /** Whether to delete. */
  confirmed: boolean;
}

/** What was deleted, and what is said about it: before, what vendors keep; afterwards, what was left and why. */
export interface Removal {
  /** In the caller's language. */
  message: Message;
  /** Everything that is gone now; empty for a question. */
  removed: OwnThing[];
}

/** One of a person's own voices. */
export interface OwnVoice {
  /** `voice_...`. */
  id: string;
  /** What its owner calls it. */
  name: string;
  /** What it is and with whom it is shared, with buttons to use, share and delete it. */
  message: Message;
}

/** Everything a surface needs from Toolcast. */
export interface Runtime {
  /** The tools, in the order in which they are shown to people. */
  readonly tools: readonly Tool[];
  /** The providers, in order of preference. */
  readonly providers: readonly Provider[];
  /** Where surfaces store what people upload. */
  readonly media: MediaStore;
  /** Takes a chat platform's events, each once. */
  readonly inbox: Inbox;
  /** Takes a request. Never rejects: an error in the request, or on our side, becomes a refusal. */
  call(request: CallRequest): Promise<Reply>;
  /** Checks and prices a request of a spending tool without starting it; never rejects. */
  quote(request: CallRequest): Promise<Quote>;
  /** Handles a press. Only the first one acts; later presses show the current job. */
  press(request: PressRequest): Promise<Reply>;
  /** Stores what the surface needs to edit its first answer later. */
  acknowledged(jobId: string, receipt: Json): Promise<void>;
  /** Suggestions for a text input that `completes`, for what a person has typed so far. */
  complete(tool: string, field: string, partial: string, caller: Caller): Promise<Suggestion[]>;
  /**
   * The caller's own job, or any for operators; null if there is none that they may see. A unique prefix of the id is
   * enough.
   */
  job(id: string, caller: Caller): Promise<Job | null>;
  /**
   * The job that the caller requested with this key; null if there is none. Throws a `UsageError` if it was a different
   * request.
   */
  ordered(key: string, caller: Caller, request?: NamedRequest): Promise<Job | null>;
  /**
   * The caller's jobs, newest first; for operators who name no conversation, everybody's. `limit`: default 50, at most
   * 1,000.
   */
  jobs(
    filter: { phases?: readonly PhaseName[]; conversation?: string; limit?: number },
    caller: Caller,
  ): Promise<Job[]>;
  /** The job as a message, in the caller's language. */
  jobMessage(job: Job, caller: Caller, detail?: MessageDetail): Promise<Message>;
  /** What the job waits for, and whether this caller's agreement is enough; null if it waits for nobody. */
  question(job: Job, caller: Caller): JobQuestion | null;
  /** The job for programs: no secrets, stable field names. */
  jobJson(job: Job): Json;
  /** The asset, if it belongs to the caller (or to a job of theirs). */
  asset(id: string, caller: Caller): Promise<Asset | null>;
  /** A smaller encode of a still picture; null for anything else, or if it cannot be made that small. */
  preview(asset: Asset, bounds: PreviewBounds): Promise<Preview | null>;
  /**
   * An address from which anybody who has it can load the medium until it expires; null if this installation has no
   * reachable address.
   */
  mediaLink(asset: Asset): MediaLink | null;
  /**
   * Fits a message to a place. Deliveries and replies are fitted already; `jobMessage` and a surface's own messages are
   * not.
   */
  fit(message: Message, limits: SurfaceLimits, locale: Locale): Promise<Message>;
  /** The caller's stored media, newest first: uploads and results, each usable in any media input by its id. */
  gallery(caller: Caller, limit?: number): Promise<Asset[]>;
  /** The caller's own voices, by name. */
  ownVoices(caller: Caller): Promise<OwnVoice[]>;
  /**
   * Deletes what the caller owns, one thing or many. Throws a `UsageError` if something is not theirs; what cannot be
   * deleted now is left, and the answer says why.
   */
  remove(request: RemovalRequest, caller: Caller): Promise<Removal>;
  /** Whether the policy's `operators` name this person or one of their roles. */
  isOperator(caller: Caller): boolean;
  /** Whether this person may use the tool where they are, for lists of tools; `call` checks this again. */
  mayUse(tool: Tool, caller: Caller): boolean;
  /** For operators only: throws a `PolicyError` for everybody else. */
  overview(caller: Caller): Promise<Overview>;
  /** Whether jobs and media can be written, and which surfaces are away; tested at most 5 seconds ago. */
  condition(): Promise<Condition>;
  /** Why no paid work is started and nothing delivered; usually null. See `StoreIdentity`. */
  held(): Sentence | null;
  /** When the wall clock was last set while this installation was running; null if never. */
  clockStep(): Promise<ClockStep | null>;
  /** For an operator: that the newest media and job records contradict each other and files were set aside; usually empty. */
  recordAlarms(): Promise<Sentence[]>;
  /**
   * Calls `listener` for every job that this process changes, and within about a second for those that other processes
   * change.
   */
  watch(listener: (job: Job) => void): () => void;
  /** Resolves with the job once it has ended, is unresolved or is held. */
  settled(jobId: string, signal?: AbortSignal): Promise<Job>;
  /**
   * From now on this surface delivers the outcomes of its requests. `away` returns why people there get no answers now,
   * null while they do; default: they always do.
   */
  attach(surface: Surface, away?: () => LocalizedText | null): void;
  /** Answers `/media/...` and `/callbacks/...`; null for every other path. For the public listener. */
  handlePublic(request: Request): Promise<Response | null>;
  /** Serves a stored medium to its owner, with range requests. */
  serveAsset(request: Request, asset: Asset): Promise<Response>;
  /** Starts advancing jobs, if this process does that. */
  start(): Promise<void>;
  /** Takes no new work, waits for paid starts under way (at most their timeout), then stops. */
  stop(): Promise<void>;
}
