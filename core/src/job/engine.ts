import type { Inbox } from "./inbox.ts";
import type { Job, PhaseName } from "./job.ts";

/**
 * Bounds that a write must respect as a whole, or not happen: checked and taken in one act over all processes, in the
 * order of the fields; the first that does not hold is the one told.
 */
export interface Admission {
  /**
   * The job holds one place of each resource until a write with `release`, or with an empty `holds`. Places add up
   * over writes; one that the job holds already is kept and not looked at again.
   */
  holds: { resource: string; max: number }[];
  /**
   * At most `max` admissions of `name` within any `windowMs`; one name always comes with the same window. Admissions at
   * instants that have not come (the clock was set back) do not count.
   */
  rate?: { name: string; max: number; windowMs: number };
  /** Adds `amount` to each counter unless that would pass `max`. */
  counters: { name: string; amount: number; max: number }[];
}

/** What else a write changes. */
export interface WriteOptions {
  /**
   * When the job is to be advanced next, epoch milliseconds; null when nothing is due by itself. Absent: as before
   * (and never, for a new job). Later than `longestWaitMs` from now it is woken then. An instant that was written
   * before the clock was set back is due.
   */
  wakeAt?: number | null;
  /** The surface whose process alone can do what is due; null when any process can. Default null, on every write. */
  needsSurface?: string | null;
  /** Taken together with the write. Default: what the job holds stays. */
  admission?: Admission;
  /** Gives back every resource the job holds, before `admission` takes others. */
  release?: boolean;
  /** Gives back what a start that did not happen had taken, before `admission` counts; a counter never falls below 0. */
  uncount?: { name: string; amount: number }[];
  /** Adds to counters that have no bound, to a millionth: what was charged. */
  count?: { name: string; amount: number }[];
  /** The inbox entry that became this job, for a new job only: it gets the job's id in the same commit. Default none. */
  inbox?: string;
}

export type WriteEnd =
  | { end: "written" }
  /** Somebody else wrote in between: read again. */
  | { end: "conflict" }
  /**
   * A resource has no free place. `ahead` is how many queued jobs of the same provider were created before this one:
   * its position in the queue, less one. The job waits in line from here on (see `nextInLine`) until it is claimed
   * again or is queued no more.
   */
  | { end: "full"; resource: string; ahead: number }
  | { end: "too-fast"; retryAt: number }
  /** `count` is what the counter holds without this. */
  | { end: "over"; counter: string; count: number };

/** Which jobs to list; newest first. */
export interface JobFilter {
  /** Only jobs of this caller id, e.g. `discord:42`. Default: everybody's. */
  owner?: string;
  /** Only jobs asked for on this surface. Default: on any. */
  surface?: string;
  /** Only jobs of this conversation, as its surface names it. Default: of any. */
  conversation?: string;
  /** Only jobs in one of these phases. Default: in any. */
  phases?: readonly PhaseName[];
  /** Only jobs of this provider's id. Default: of any. */
  provider?: string;
  /** Only jobs whose id begins so, capitals told apart. */
  idBegins?: string;
  /** Only jobs changed at or after this instant. */
  changedSince?: number;
  /** Only jobs created before this instant. */
  createdBefore?: number;
  /** Only jobs that come after the one with this id: the next page. None when there is no such job. */
  after?: string;
  /** Default 50, at most 1,000. Counting heeds no limit. */
  limit?: number;
}

/** The right to advance one job. */
export interface Lease {
  jobId: string;
  /** Aborted when the lease is lost or the engine stops at once. */
  signal: AbortSignal;
  /**
   * False once the lease has run out on either clock, also before this process has noticed: it may have stood still, or
   * slept with the machine. To be asked right before an act that another process must not do as well.
   */
  isHeld(): boolean;
}

/** A running schedule. */
export interface Schedule {
  /** Takes no new jobs, waits for those in hand at most `drainMs`, then aborts their leases. */
  stop(drainMs: number): Promise<void>;
}

/**
 * Where jobs live and who advances them when. Part one is a record store: create unless the key exists,
 * compare-and-set on the version, list. Part two is a schedule: a job is handed to exactly one process at a time,
 * under a lease that expires. Part three is an inbox: a platform's event is taken once. Several processes may use one
 * store. All methods are safe to call from any of them.
 */
export interface JobEngine {
  /** What platforms told us, each event once. */
  readonly inbox: Inbox;
  /**
   * Stores a new job (version 0 is stored as 1). When its key exists already nothing is written and the job that
   * has the key is returned with `created: false`. Nothing can be admitted, released or counted here: that throws. The
   * entry named by `inbox` gets the id of the job that is returned.
   */
  create(job: Job, options: WriteOptions): Promise<{ created: boolean; job: Job }>;
  /** Like every job that an engine gives: as `readJob` reads it, whichever version of Toolcast stored it. */
  read(id: string): Promise<Job | null>;
  /** The job that was created with this key. */
  find(key: string): Promise<Job | null>;
  /**
   * Stores `job` if the stored version still equals `job.version`; the stored copy gets the next version.
   * All of the write happens, or nothing. An unknown job is a conflict. What the write says about waking replaces what
   * earlier writes said, and leaves alone what `wake` asked for.
   */
  write(job: Job, options: WriteOptions): Promise<WriteEnd>;
  list(filter: JobFilter): Promise<Job[]>;
  count(filter: JobFilter): Promise<number>;
  /** How much a counter holds; 0 when it was never used. */
  counter(name: string): Promise<number>;
  /** Every counter whose name begins so and that holds anything, by name. */
  counters(prefix: string): Promise<{ name: string; count: number }[]>;
  /**
   * Makes the job due at `at` (epoch milliseconds) unless it is due sooner. Unknown ids are ignored. A wake for now is
   * followed by a claim, whatever is written in between; while the job is being advanced, by one more after that.
   */
  wake(id: string, at: number): Promise<void>;
  /**
   * The oldest queued job whose last write ended `full` for want of a place of this resource and that nobody has woken
   * yet; null when none waits for it.
   */
  nextInLine(resource: string): Promise<string | null>;
  /**
   * Hands due jobs to `advance`, each under a lease that is renewed while it runs. When `advance` returns, the lease is
   * given up; what made the job due is used up, so `advance` writes when it is due next. When `advance` throws, the job
   * is due again in some seconds, later with each time in a row, a minute at most. When the process dies, another one
   * gets the job: at once where it can be known to be dead, else after it has seen the lease unrenewed for its whole
   * length on its own monotonic clock, however the wall clock was set. A job that this process works on is never handed
   * out again.
   * `surfaces` names the surfaces this process can deliver to.
   */
  schedule(options: {
    advance: (lease: Lease) => Promise<void>;
    surfaces: () => readonly string[];
    /** Jobs advanced at once by this process. Default 64. */
    concurrency?: number;
    /**
     * Hears by how many milliseconds the wall clock was set against the monotonic one, within a poll: forward (also when
     * the machine slept), or back, which is below 0. Steps of some seconds are not told.
     */
    onClockStep?: (byMs: number) => void;
  }): Promise<Schedule>;
  /** Takes the named lock for `ttlMs` unless somebody else has it. The holder may take it again. */
  lock(name: string, holder: string, ttlMs: number): Promise<boolean>;
  unlock(name: string, holder: string): Promise<void>;
  close(): Promise<void>;
}
