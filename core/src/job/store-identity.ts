import type { Sentence } from "../messages/sentence.ts";

/**
 * Whether a store is the one it was, or a copy of it (a restored backup, a cloned folder): the other one may go on, and
 * what both carry out would be paid and told twice.
 */
export interface StoreIdentity {
  /**
   * Why nothing paid is started and nothing delivered; null when the store is the one it was. To be asked before each of
   * these; it notices when an operator has released the store in another process, and never becomes a reason again.
   */
  held(): Sentence | null;
  /** Notes that this store is in use from here; a held one stays as it is. Called once, before jobs are advanced. */
  begin(): void;
  /** An operator's word that this is the store to go on with, whatever it was copied from. */
  release(): void;
}

/**
 * What stands in for a surface in a job that waits for the release: a process whose store is held has neither this nor any
 * surface, so that the schedule hands it nothing that would be started or delivered, and everything as soon as it may.
 */
export const releasedStore = "toolcast:released";

/** Of a store that cannot be copied, as one in memory. */
export const onlyStore: StoreIdentity = { held: () => null, begin() {}, release() {} };
