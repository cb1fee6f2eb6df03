import type { Sentence } from "../messages/sentence.ts";

/**
 * Whether a store is the original or a copy of it (a restored backup, a cloned folder). The other one may still be in
 * use, and what both carried out would be paid and delivered twice.
 */
export interface StoreIdentity {
  /**
   * Why no paid work may be started and nothing delivered; null if the store is the original. To be asked before each
   * of these acts: it notices when an operator releases the store in another process, and then stays null.
   */
  held(): Sentence | null;
  /** Marks this store as used from here, unless it is held. Called once, before jobs are advanced. */
  begin(): void;
  /** Called when an operator decides to continue with this store, whatever it was copied from. */
  release(): Promise<void> | void;
}

/**
 * The surface that a job needs while it waits for the release. A process whose store is held offers neither this nor
 * any other surface, so the schedule gives it nothing to start or deliver until the store is released.
 */
export const releasedStore = "toolcast:released";

/** For a store that cannot be copied, such as one in memory. */
export const onlyStore: StoreIdentity = { held: () => null, begin() {}, release() {} };
