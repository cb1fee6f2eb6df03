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

/** One request of a person or program. */
export interface CallRequest {
  /** A tool's name or command. */
  tool: string;
  /** As it came: validated here. Numbers and flags may be strings. Media are asset ids or links. */
  input: Record<string, unknown>;
  /** Who asks, and where the answer belongs. */
  caller: Caller;
  /** The platform's event id or the caller's idempotency key: the same key again is the same request. */
  key?: string;
  /**
   * What the key stands for, as the caller first had it (`input` may name files that were stored again): the same key with
   * another request is then refused. Default: the key alone decides, as with a platform's event ids.
   */
  request?: NamedRequest;
  /** The inbox entry that this request came as: it gets the job's id in the same commit as the job. Default none. */
  inbox?: string;
  /** What the caller agrees to beforehand: nothing is held for these, and the yes is on record. Default: nothing. */
  agreed?: readonly Agreement[];
  /**
   * What becomes of a request that would have to wait for a person. Default `store`. A caller that cannot be asked
   * (a program) refuses: then nothing is stored, and the reply says what it would have to agree to.
   */
  whenHeld?: "store" | "refuse";
  /** How much of the job the answer about one shows. Default: as much as its tool chooses. */
  detail?: MessageDetail;
}

/** What the caller is told at once. `message` is in the caller's language and fits its place, as deliveries do. */
export type Reply =
  /** `job`: the job that was asked about. */
  | { type: "answer"; message: Message; data: Json; job?: Job }
  /** Stored, and shown to the caller as `message`; what follows is delivered. `repeated`: the key was known. */
  | { type: "job"; job: Job; message: Message; repeated: boolean }
  /** Nothing was stored, sent or spent. `hold`: what it would have waited for, and was not to. */
  | { type: "refused"; failure: Failure; message: Message; hold?: Hold["reason"] };

/** What a request would become. Nothing was stored, sent or spent. */
export type Quote =
  | {
      type: "quote";
      /** What its caller would have to say yes to. */
      asks: Agreement[];
      /** What would be started, by whom, for how much, and the questions: enough to say yes or no to. */
      message: Message;
      /** For programs. */
      data: Json;
      /** The same for the same request at the same provider and price, with the same questions: a yes to one is none to another. */
      mark: string;
    }
  | Extract<Reply, { type: "refused" }>;

/** The press of a button of a {@link Message}. */
export interface PressRequest {
  /** As the button has it. */
  action: string;
  /** As the button has it: what a press of an earlier question is known by. */
  subject: string;
  /** Who pressed. */
  caller: Caller;
}

/** What an operator looks at: how much is open, what needs a decision, what was spent, who does not answer. */
export interface Overview {
  /** Why nothing paid is started and nothing delivered: the store is a copy that was not released. Null as a rule. */
  held: Sentence | null;
  /** How many jobs of everybody are in each phase. */
  phases: Record<PhaseName, number>;
  /** Jobs of everybody that wait for a decision, newest first; at most 100. */
  waiting: Job[];
  /** What was charged, newest day first. */
  spend: { day: string; provider: string; unit: string; person: string; amount: number }[];
  /**
   * What vendors have probably charged beside that: starts with no known end and failures that may have cost something, by
   * the day of the start. `unpriced`: how many more of them have an amount that nobody knows.
   */
  probable: { day: string; provider: string; unit: string; person: string; amount: number; unpriced: number }[];
  /** In the order in which they are preferred. */
  providers: {
    id: string;
    title: LocalizedText;
    /** Work under way at the vendor, of how much may be. */
    running: number;
    concurrent: number;
    /** Until when it is left alone because it does not answer, epoch milliseconds; null when it may be asked. */
    restsUntil: number | null;
  }[];
}

/** Everything a surface needs of Toolcast. */
export interface Runtime {
  /** What can be asked for, in the order in which people are shown it. */
  readonly tools: readonly Tool[];
  /** Who does it, in the order in which they are preferred. */
  readonly providers: readonly Provider[];
  /** Where surfaces put what people upload. */
  readonly media: MediaStore;
  /** Where chat surfaces take a platform's events, each once. */
  readonly inbox: Inbox;
  /** Takes a request in; never rejects: what is wrong with it, or with us, is a refusal. */
  call(request: CallRequest): Promise<Reply>;
  /** Checks and prices a request of a spending tool without starting it; never rejects. */
  quote(request: CallRequest): Promise<Quote>;
  /** One press acts, whoever is first; later presses show the job as it stands. */
  press(request: PressRequest): Promise<Reply>;
  /** Stores what the surface needs to edit its first answer later. */
  acknowledged(jobId: string, receipt: Json): Promise<void>;
  /** What a person may want in a text input that `completes`, for what they have typed so far. */
  complete(tool: string, field: string, partial: string, caller: Caller): Promise<Suggestion[]>;
  /** The caller's own job, or any for operators; null when there is none to see. A unique beginning of the id is enough. */
  job(id: string, caller: Caller): Promise<Job | null>;
  /** The job the caller ordered under this key; null when there is none. Throws a `UsageError` when it was another request. */
  ordered(key: string, caller: Caller, request?: NamedRequest): Promise<Job | null>;
  /** The caller's jobs, newest first; everybody's for operators who name no conversation. `limit`: default 50, at most 1,000. */
  jobs(
    filter: { phases?: readonly PhaseName[]; conversation?: string; limit?: number },
    caller: Caller,
  ): Promise<Job[]>;
  /** The job as a message, in the caller's language. */
  jobMessage(job: Job, caller: Caller, detail?: MessageDetail): Promise<Message>;
  /** What the job waits for, and whether this caller's yes is enough; null when it waits for nobody. */
  question(job: Job, caller: Caller): JobQuestion | null;
  /** The job for programs: no secrets, stable field names. */
  jobJson(job: Job): Json;
  /** The asset when it is the caller's own (or a job's of theirs). */
  asset(id: string, caller: Caller): Promise<Asset | null>;
  /** A smaller encode of a still picture; null for anything else, and when it cannot be made that small. */
  preview(asset: Asset, bounds: PreviewBounds): Promise<Preview | null>;
  /** An address at which anybody who has it can load the medium until it expires; null when nothing here can be reached. */
  mediaLink(asset: Asset): MediaLink | null;
  /** The message as a place can carry it. Deliveries and replies are fitted already; `jobMessage` and a surface's own words are not. */
  fit(message: Message, limits: SurfaceLimits, locale: Locale): Promise<Message>;
  /** The caller's stored media, newest first: uploads and results, each usable in any media input by its id. */
  gallery(caller: Caller, limit?: number): Promise<Asset[]>;
  /** Whether the policy's `operators` name this person or one of their roles. */
  isOperator(caller: Caller): boolean;
  /** Whether this person may use the tool where they are, for lists of tools: what they may not is refused all the same. */
  mayUse(tool: Tool, caller: Caller): boolean;
  /** For operators only: throws a `PolicyError` for everybody else. */
  overview(caller: Caller): Promise<Overview>;
  /** Whether jobs and media can be written, and which surfaces are away: tried, at most 5 seconds ago. */
  condition(): Promise<Condition>;
  /** Why nothing paid is started and nothing delivered; null as a rule. See `StoreIdentity`. */
  held(): Sentence | null;
  /** When the wall clock was last set while this installation ran; null when it never was. */
  clockStep(): Promise<ClockStep | null>;
  /** Whether the newest records of media and of jobs disagree, and files were set aside: for an operator; empty as a rule. */
  recordAlarms(): Promise<Sentence[]>;
  /** Calls back with every job this process changes, and with those other processes change within about a second. */
  watch(listener: (job: Job) => void): () => void;
  /** Resolves with the job once it has ended, is unresolved or is held. */
  settled(jobId: string, signal?: AbortSignal): Promise<Job>;
  /**
   * From now on outcomes of requests from this surface are delivered by it. `away`: why people there get no answers now,
   * null while they do; default: they always do.
   */
  attach(surface: Surface, away?: () => LocalizedText | null): void;
  /** Answers `/media/...` and `/callbacks/...`; null for every other path. For the public listener. */
  handlePublic(request: Request): Promise<Response | null>;
  /** Serves a stored medium to its owner, with range requests. */
  serveAsset(request: Request, asset: Asset): Promise<Response>;
  /** Begins advancing jobs. */
  start(): Promise<void>;
  /** Takes no new work, lets paid starts in flight end (at most their time-out), then stops. */
  stop(): Promise<void>;
}
