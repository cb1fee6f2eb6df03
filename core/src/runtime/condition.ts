import { asStorageError, StorageError } from "../errors/storage-error.ts";
import type { Clock } from "../ground/clock.ts";
import type { LocalizedText } from "../ground/locale.ts";
import { type Random, randomId } from "../ground/random.ts";
import type { JobEngine } from "../job/engine.ts";
import type { StoreIdentity } from "../job/store-identity.ts";
import type { MediaStore } from "../media/store.ts";
import type { Sentence } from "../messages/sentence.ts";
import type { WorkerSigns } from "./worker-signs.ts";

/** Whether an installation can do its work now. */
export interface Condition {
  /** Whether jobs and media can be written; if not, nothing new is taken or started. */
  ready: boolean;
  /** Why jobs cannot be written; null if they can. */
  store: Sentence | null;
  /** Why media cannot be written; null if they can. */
  media: Sentence | null;
  /** Why no paid work is started and nothing delivered: the store is a copy. Null if it is not, or was released. */
  held: Sentence | null;
  /** Why nobody carries out what is accepted; null if somebody does. Requests are still stored. */
  workers: Sentence | null;
  /** Free space for media, in bytes; null if the file system does not tell. */
  freeBytes: number | null;
  /** Whether there is less space than some videos take: an operator should make room before there is none. */
  isSpaceShort: boolean;
  /** Surfaces that cannot be reached now, and why. Jobs continue; their notices wait. */
  away: { surface: string; reason: LocalizedText }[];
}

const shortBelowBytes = 1024 ** 3;
const storeProbeAgeMs = 5_000;

/** Tests what has to work. Results for the store and the media are at most 5 seconds old. */
export class ConditionProbe {
  readonly #options: ConditionOptions;
  readonly #holder: string;
  #store: { at: number; troubles: Promise<StoreTroubles> } | undefined;

  constructor(options: ConditionOptions) {
    this.#options = options;
    this.#holder = randomId(options.random, "holder");
  }

  async read(): Promise<Condition> {
    const [{ store, workers }, { trouble, freeBytes }] = await Promise.all([
      this.#storeTroubles(),
      this.#options.media.condition(),
    ]);
    const media = trouble?.failure.sentence ?? null;
    return {
      ready: store === null && media === null,
      store,
      media,
      held: this.#options.identity.held(),
      workers,
      freeBytes,
      isSpaceShort: freeBytes !== null && freeBytes < shortBelowBytes,
      away: [...this.#options.away].flatMap(([surface, reasonOf]) => {
        const reason = reasonOf();
        return reason === null ? [] : [{ surface, reason }];
      }),
    };
  }

  #storeTroubles(): Promise<StoreTroubles> {
    const now = this.#options.clock.monotonic();
    if (this.#store === undefined || now - this.#store.at >= storeProbeAgeMs) {
      this.#store = { at: now, troubles: this.#tryStore() };
    }
    return this.#store.troubles;
  }

  /** Takes a lock that expires immediately: the smallest possible write. */
  async #tryStore(): Promise<StoreTroubles> {
    try {
      await this.#options.engine.lock("condition", this.#holder, 0);
      return { store: null, workers: await this.#options.workers.trouble() };
    } catch (error) {
      const trouble = asStorageError(error);
      const store =
        trouble instanceof StorageError ? trouble.failure.sentence : ({ key: "storage.unwritable" } as const);
      return { store, workers: null };
    }
  }
}

type StoreTroubles = Pick<Condition, "store" | "workers">;

interface ConditionOptions {
  engine: JobEngine;
  identity: StoreIdentity;
  media: MediaStore;
  workers: Pick<WorkerSigns, "trouble">;
  /** By surface, a function that returns why people there get no answers now. */
  away: ReadonlyMap<string, () => LocalizedText | null>;
  clock: Clock;
  random: Random;
}
