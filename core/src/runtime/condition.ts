import { asStorageError, StorageError } from "../errors/storage-error.ts";
import type { Clock } from "../ground/clock.ts";
import type { LocalizedText } from "../ground/locale.ts";
import { type Random, randomId } from "../ground/random.ts";
import type { JobEngine } from "../job/engine.ts";
import type { StoreIdentity } from "../job/store-identity.ts";
import type { MediaStore } from "../media/store.ts";
import type { Sentence } from "../messages/sentence.ts";

/** Whether an installation can do its work now. */
export interface Condition {
  /** Whether jobs and media can be written: while they cannot, nothing new is taken or started. */
  ready: boolean;
  /** Why jobs cannot be written; null when they can. */
  store: Sentence | null;
  /** Why media cannot be written; null when they can. */
  media: Sentence | null;
  /** Why nothing paid is started and nothing delivered: the store is a copy. Null when it is not, or was released. */
  held: Sentence | null;
  /** Room for media, in bytes; null where the file system does not say. */
  freeBytes: number | null;
  /** Less room than some videos take: an operator should make more before there is none. */
  isSpaceShort: boolean;
  /** Surfaces that cannot be reached now, and why. Jobs go on; what they have to say waits. */
  away: { surface: string; reason: LocalizedText }[];
}

const shortBelowBytes = 1024 ** 3;
const storeProbeAgeMs = 5_000;

/** Tries what has to work. The store's answer is at most 5 seconds old, as is that of the media. */
export class ConditionProbe {
  readonly #options: ConditionOptions;
  readonly #holder: string;
  #store: { at: number; trouble: Promise<Sentence | null> } | undefined;

  constructor(options: ConditionOptions) {
    this.#options = options;
    this.#holder = randomId(options.random, "holder");
  }

  async read(): Promise<Condition> {
    const [store, { trouble, freeBytes }] = await Promise.all([this.#storeTrouble(), this.#options.media.condition()]);
    const media = trouble?.failure.sentence ?? null;
    return {
      ready: store === null && media === null,
      store,
      media,
      held: this.#options.identity.held(),
      freeBytes,
      isSpaceShort: freeBytes !== null && freeBytes < shortBelowBytes,
      away: [...this.#options.away].flatMap(([surface, reasonOf]) => {
        const reason = reasonOf();
        return reason === null ? [] : [{ surface, reason }];
      }),
    };
  }

  #storeTrouble(): Promise<Sentence | null> {
    const now = this.#options.clock.monotonic();
    if (this.#store === undefined || now - this.#store.at >= storeProbeAgeMs) {
      this.#store = { at: now, trouble: this.#tryStore() };
    }
    return this.#store.trouble;
  }

  /** A lock of its own that ends at once: the smallest write there is. */
  async #tryStore(): Promise<Sentence | null> {
    try {
      await this.#options.engine.lock("condition", this.#holder, 0);
      return null;
    } catch (error) {
      const trouble = asStorageError(error);
      return trouble instanceof StorageError ? trouble.failure.sentence : { key: "storage.unwritable" };
    }
  }
}

interface ConditionOptions {
  engine: JobEngine;
  identity: StoreIdentity;
  media: MediaStore;
  /** By surface, what says why people there get no answers now. */
  away: ReadonlyMap<string, () => LocalizedText | null>;
  clock: Clock;
  random: Random;
}
