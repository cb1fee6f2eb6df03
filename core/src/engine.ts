/**
 * The entry point for code that stores and advances jobs: the record, its changes, the engine's contract, time and
 * randomness.
 */

// Time and randomness.
export { type Clock, sleep, waitingClock } from "./ground/clock.ts";
export { clockToleranceMs, isDue, legalWake, longestWaitMs } from "./ground/due.ts";
export { RecentSetBack } from "./ground/recent-set-back.ts";
export { toMillionths } from "./ground/millionths.ts";
export { type Random, randomId } from "./ground/random.ts";
// The engine's contract.
export { StorageError } from "./errors/storage-error.ts";
export type { Admission, JobEngine, JobFilter, Lease, Schedule, WriteEnd, WriteOptions } from "./job/engine.ts";
export {
  type Inbox,
  type InboxCredentials,
  type InboxEntry,
  type InboxEvent,
  inboxContent,
  inboxCredentials,
  maxInboxBytes,
  maxInboxCredentialsBytes,
  maxInboxParts,
} from "./job/inbox.ts";
export type { StoreIdentity } from "./job/store-identity.ts";
export { backUpSqlite } from "./engine-sqlite/back-up-sqlite.ts";
export { lockToMove, type StoreToMove, wasMoved } from "./engine-sqlite/store-to-move.ts";
export { mergeEarlierState } from "./engine-sqlite/merge-state.ts";
export { type SalvagedJobs, salvageJobs } from "./engine-sqlite/salvage-jobs.ts";
export { openSqliteIdentity } from "./engine-sqlite/sqlite-identity.ts";
export type { PostgresCondition } from "./engine-postgres/diagnose-postgres.ts";
export {
  continueNumbers,
  diagnosePostgres,
  insertAll,
  migrate,
  openMoveTarget,
  openPostgresEngine,
  openPostgresStore,
  untilKnown,
} from "./engine-postgres/load-when-used.ts";
export type { MoveCompanion, MoveTarget } from "./engine-postgres/move-target.ts";
export type { Migration } from "./engine-postgres/postgres-schema.ts";
export type { PostgresStore } from "./engine-postgres/postgres-store.ts";
// Media of several hosts.
export { MediaBucket, type MediaBucketOptions, UnusableBucket } from "./media/media-bucket.ts";
// The record.
export {
  endedPhases,
  type Hold,
  assetsOf,
  hasEnded,
  jobFormat,
  type Notice,
  type Phase,
  type PhaseName,
  phasesAtRest,
  type StepRecord,
} from "./job/job.ts";
export { readJob } from "./job/read-job.ts";
export { removedJob } from "./job/removed-job.ts";
export { type JobEvent, TransitionError, transition } from "./job/transition.ts";
// Advancing jobs that are due.
export { LeaseWatch } from "./schedule/lease-watch.ts";
export { thisProcess } from "./schedule/process-identity.ts";
export type { Claim, LeaseStore } from "./schedule/schedule.ts";
export { Schedules } from "./schedule/schedules.ts";
// Small state.
export { KeyvSqlite } from "./state/sqlite-keyv.ts";
export { salvageState } from "./state/salvage-state.ts";
export { type DatabaseOptions, inTransaction, openDatabase } from "./state/open-database.ts";
export type { VoiceBook } from "./voices/voice-book.ts";
