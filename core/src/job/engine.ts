import type { Inbox } from "./inbox.ts";
import type { Job, PhaseName } from "./job.ts";

/**
 * Limits that a write must respect as a whole, or else it does not happen. They are checked and taken in one
 * transaction over all processes, in the order of the fields; the first that is exceeded is reported.
 */
export interface Admission {
  /**
   * The job holds one place of each resource, of which there are at most `max` (a whole number from 1), until a write
   * with `release`, or with an empty `holds`. Places add up over writes; one that the job holds already is kept and not
   * checked again. One that a job at rest still holds, as earlier versions left some, is given back at the next check of
   * the lines, see {@link JobEngine}.
   */
  holds: { resource: string; max: number }[];
  /**
   * At most `max` admissions of `name` within any `windowMs` milliseconds; a name must always come with the same
   * window. Admissions dated in the future (the clock was set back) do not count. Default: no limit.
   */
  rate?: { name: string; max: number; windowMs: number };
  /** Adds `amount`, from 0, to each counter unless that would exceed `max`. */
  counters: { name: string; amount: number; max: number }[];
}

/** What else a write changes. */
export interface WriteOptions {
  /**
   * When the job is to be advanced next, epoch milliseconds; null for never. Left out: as before (never, for a new
   * job). A job due later than `longestWaitMs` from now is woken after `longestWaitMs`. An instant that was written
   * before the clock was set back is due; one that was computed less than a minute before, and is written after it,
   * moves back with the clock.
   */
  wakeAt?: number | null;
  /**
   * The surface that a process needs to do what is due; null if any process can do it. Default null, on every write.
   */
  needsSurface?: string | null;
  /** Admitted together with the write. Default: the job keeps what it holds. */
  admission?: Admission;
  /** Gives back every resource the job holds, before `admission` takes others. Default false. */
  release?: boolean;
  /**
   * Subtracts what a start that did not happen had added, before `admission` counts; each `amount` is at least 0, and a
   * counter never falls below 0. Default: nothing.
   */
  uncount?: { name: string; amount: number }[];
  /**
   * Adds to counters without a limit: what was charged. Each `amount` is at least 0 and exact to a millionth. Default:
   * nothing.
   */
  count?: { name: string; amount: number }[];
  /**
   * The inbox entry that became this job, for a new job only: the job's id is stored in it in the same commit. Default
   * none.
   */
  inbox?: string;
}

export type WriteEnd =
  | { end: "written" }
  /** Another write came in between: read again. */
  | { end: "conflict" }
  /**
   * A resource has no free place. `ahead` is how many queued jobs of the same provider were created before this one:
   * its position in the queue, less one; an estimate of at least 100 if there are more than that. A queued job now waits
   * in line, see {@link JobEngine}.
   */
  | { end: "full"; resource: string; ahead: number }
  /** The rate allows nothing before `retryAt`, epoch milliseconds. A queued job now waits in line, too. */
  | { end: "too-fast"; retryAt: number }
  /** `count` is the counter's value without this write. */
  | { end: "over"; counter: string; count: number };

/** Which jobs to list; newest first. */
export interface JobFilter {
  /** Only jobs of this caller id, e.g. `discord:42`. Default: any. */
  owner?: string;
  /** Only jobs requested on this surface. Default: any. */
  surface?: string;
  /** Only jobs of this conversation, as its surface names it. Default: any. */
  conversation?: string;
  /** Only jobs in one of these phases. Default: any. */
  phases?: readonly PhaseName[];
  /** Only jobs with this provider id. Default: any. */
  provider?: string;
  /** Only jobs whose id starts with this, case-sensitive. Default: any. */
  idBegins?: string;
  /** Only jobs changed at or after this instant, epoch milliseconds. Default: any. */
  changedSince?: number;
  /** Only jobs created before this instant, epoch milliseconds. Default: any. */
  createdBefore?: number;
  /** The oldest first instead of the newest. Default false. Not together with `idBegins` or `changedSince`. */
  oldestFirst?: boolean;
  /** Only jobs that come after the one with this id: the next page. No jobs if there is no such job. Default: all. */
  after?: string;
  /** Default 50, at most 1,000. Ignored when counting. */
  limit?: number;
}

/** The right to advance one job. */
export interface Lease {
  jobId: string;
  /** Aborted when the lease is lost or the engine stops immediately. */
  signal: AbortSignal;
  /**
   * False once the lease has expired on either clock, even if this process has not noticed yet because it was
   * suspended, perhaps with the machine. To be asked right before doing anything that two processes must not both do.
   */
  isHeld(): boolean;
  /** Whether it was taken over from a process that has not given it up: that died, or was suspended, while it advanced the job. */
  isTakenOver: boolean;
}

/** A running schedule. */
export interface Schedule {
  /** Takes no new jobs, waits at most `drainMs` milliseconds for those in progress, then aborts their leases. */
  stop(drainMs: number): Promise<void>;
}

/**
 * Where jobs are stored, and who advances them when. Part one is a record store: create unless the key exists,
 * compare-and-set on the version, list. Part two is a schedule: a job is handed to exactly one process at a time, under
 * a lease that expires. Part three is an inbox: a platform's event is taken once. Several processes may use one store.
 * All methods are safe to call from any of them. One that cannot write now, because the disk is full or the database away,
 * throws a {@link StorageError}: what it was given stays in memory, and is written again.
 *
 * A queued job whose write ended `full` or `too-fast` waits in line until it is claimed again or no longer queued. It is
 * not due because of that wait: it costs nothing, however many wait. The commit that makes room for it, in everything
 * that its admission asked for, makes it due: the oldest first, and only as many as there is room for. Such commits are
 * a write that gives back places or is admitted, and one by which a job that was made due so leaves the queue without
 * them. For a rate, a job is due when the rate allows its start. A job that is held back by something else keeps nobody
 * waiting who could start. As a safety net, room in every line is looked for once a minute and when a schedule begins, and
 * the places of jobs at rest are given back; a few jobs at the front of a line that moves are then due as well, so that
 * their position can be reported again.
 */
export interface JobEngine {
  /** The platforms' events, each taken once. */
  readonly inbox: Inbox;
  /**
   * Stores a new job (version 0 is stored as 1). If its key exists already, nothing is written and the job that has the
   * key is returned with `created: false`. Throws if `options` admit, release or count anything. The entry named by
   * `inbox` gets the id of the job that is returned.
   */
  create(job: Job, options: WriteOptions): Promise<{ created: boolean; job: Job }>;
  /** Returns the job, as every method does, converted by `readJob`, whichever version of Toolcast stored it. */
  read(id: string): Promise<Job | null>;
  /** The job that was created with this key; `removedJob` if `remove` has removed its record. */
  find(key: string): Promise<Job | null>;
  /**
   * Stores `job` if the stored version still equals `job.version`; the stored copy gets the next version. The write
   * happens as a whole or not at all. An unknown job is a conflict. The write's `wakeAt` replaces that of earlier
   * writes, but not what `wake` asked for.
   */
  write(job: Job, options: WriteOptions): Promise<WriteEnd>;
  list(filter: JobFilter): Promise<Job[]>;
  /**
   * Jobs that were created or written after `cursor`, as a call before returned it, by whichever process: each at least
   * once, as it is now, in the order of their last writes. `limit`: default and at most 1,000; with as many jobs there
   * may be more. Without a cursor, no jobs, only the cursor from which to go on.
   */
  changes(cursor: string | null, limit?: number): Promise<{ cursor: string; jobs: Job[] }>;
  count(filter: JobFilter): Promise<number>;
  /** A counter's value; 0 if it was never used. */
  counter(name: string): Promise<number>;
  /**
   * Every counter that is not 0 and whose name starts with `prefix`, ordered by name. `from`: only those with this name
   * or a later one; default all.
   */
  counters(prefix: string, from?: string): Promise<{ name: string; count: number }[]>;
  /** Removes counters with names from `from` up to, but without, `before`; at most `limit`. Returns how many. */
  removeCounters(from: string, before: string, limit: number): Promise<number>;
  /**
   * Removes the record of an ended job if its stored version still equals `version`, and returns whether it did. Its key
   * stays taken: neither `create` nor `find` ever takes it for a new one. The job that was written last of all stays, so
   * that no number of a change is used twice.
   */
  remove(id: string, version: number): Promise<boolean>;
  /**
   * Makes the job due at `at` (epoch milliseconds) unless it is due sooner. Unknown ids are ignored. A wake for now is
   * followed by a claim, whatever is written in between; if the job is being advanced, by another one after that.
   */
  wake(id: string, at: number): Promise<void>;
  /**
   * Hands due jobs to `advance`, each under a lease that is renewed while it runs. When `advance` returns, the lease is
   * given up, and the job is no longer due: `advance` must write when it is due next. When `advance` throws, the job is
   * due again after some seconds, later with each failure in a row, but within a minute. When the process dies, another
   * one gets the job: immediately if it can know of the death, otherwise once it has seen the lease unrenewed for its
   * whole length on its own monotonic clock, however the wall clock was set. A job that this process works on is never
   * handed out again. `surfaces` names the surfaces this process can deliver to.
   */
  schedule(options: {
    advance: (lease: Lease) => Promise<void>;
    surfaces: () => readonly string[];
    /** How many jobs this process advances at once. Default 64. */
    concurrency?: number;
    /**
     * Called with how many milliseconds the wall clock moved against the monotonic one between two polls: forward (for
     * example because the machine slept), or back, which is negative. Steps of a few seconds are not reported.
     */
    onClockStep?: (byMs: number) => void;
  }): Promise<Schedule>;
  /** Takes the named lock for `ttlMs` unless somebody else has it. The holder may take it again. */
  lock(name: string, holder: string, ttlMs: number): Promise<boolean>;
  unlock(name: string, holder: string): Promise<void>;
  close(): Promise<void>;
}
