import { failureOf, UsageError } from "../errors/errors.ts";
import type { Clock } from "../ground/clock.ts";
import { causeOf, type Logger } from "../ground/logger.ts";
import type { JobEngine } from "../job/engine.ts";
import type { Job } from "../job/job.ts";
import { openJobNaming, openJobWith } from "../job/media-in-use.ts";
import type { StoreIdentity } from "../job/store-identity.ts";
import type { Asset } from "../media/media.ts";
import type { MediaStore } from "../media/store.ts";
import type { Provider } from "../providers/provider.ts";
import type { Deletions } from "../state/deletions.ts";
import type { VoiceDeletion } from "../tools/tool.ts";
import { type Voice, type VoiceBook, voiceAddress } from "../voices/voice-book.ts";

const againMs = 60 * 60_000;
/** How long to wait after an error: a lock left by a process that died expires by then. */
const soonMs = 60_000;
/** The owner of a voice that must still be deleted at its vendor after its owner was forgotten. */
const nobody = "erased";

interface RemoverOptions {
  engine: JobEngine;
  identity: Pick<StoreIdentity, "held">;
  media: MediaStore;
  voices: VoiceBook;
  deletions: Deletions;
  provider(id: string): Pick<Provider, "deleteVoice"> | undefined;
  /** A job's title for its person. */
  nameOf(job: Job): string;
  clock: Clock;
  logger: Logger;
}

/**
 * Deletes media and voices for their owners. Each deletion is stored before anything is deleted, and the next process
 * finishes what one that dies has started; a vendor may be asked twice to delete something, which does no harm.
 */
export class Remover {
  readonly #options: RemoverOptions;
  #cancel = () => {};

  constructor(options: RemoverOptions) {
    this.#options = options;
  }

  /** Finishes what was left undone, now and every hour. */
  start(): void {
    this.#lookIn(0);
  }

  stop(): void {
    this.#cancel();
  }

  /** Deletes media with their smaller encodes. Throws a `UsageError` and deletes none while a job needs one of them. */
  async media(assets: readonly Asset[]): Promise<void> {
    const { engine, media, deletions, clock, nameOf } = this.#options;
    // Before the jobs, because it takes time, in which a job could be stored that is paid and then lacks a file.
    const encodes = await media.encodesOf(assets.map(({ id }) => id));
    for (const asset of assets) {
      const job = await openJobWith(engine, asset);
      if (job !== null) {
        throw new UsageError({ key: "media.in-use", values: { name: asset.name, job: nameOf(job), id: job.id } });
      }
    }
    const going = [...assets, ...encodes];
    await Promise.all(
      going.map(({ id, owner, hash, extension }) =>
        deletions.note(id, { owner, at: clock.now() }, { hash, extension }),
      ),
    );
    await media.forget(going, going);
    await Promise.all(going.map(({ id }) => deletions.finish(id)));
  }

  /** Deletes a voice here and at its vendor. Throws a `UsageError` while a job needs it. */
  async voice({ id, owner, name }: Voice): Promise<VoiceDeletion> {
    const { voices, nameOf, clock } = this.#options;
    const since = clock.now();
    // From now on it cannot be found, so no new job can need it.
    await voices.change(id, (current) => current && { ...current, deletingSince: current.deletingSince ?? since });
    const job = await this.#jobAgainst({ id, owner });
    if (job !== null) {
      throw new UsageError(
        job.caller.id === owner
          ? { key: "voice.in-use", values: { name, job: nameOf(job), id: job.id } }
          : { key: "voice.in-use-by-others", values: { name } },
      );
    }
    return this.#endVoice(id);
  }

  /**
   * Erases those of a person's voices for which `mayGo` returns true, and the records of what they deleted at `until`
   * (epoch milliseconds) or earlier.
   */
  async forget(owner: string, until: number, mayGo: (voice: Voice) => boolean): Promise<void> {
    const { voices, deletions } = this.#options;
    for (const voice of await voices.all()) {
      if (voice.owner === owner && mayGo(voice)) {
        const { deletingSince = this.#options.clock.now() } = voice;
        const bare = { deletingSince, owner: nobody, ownerName: "", name: "", consents: [], jobs: [], shared: false };
        await voices.change(voice.id, (current) => current && { ...current, ...bare });
        await this.#endVoice(voice.id);
      }
    }
    await deletions.forget(owner, until);
  }

  #lookIn(ms: number): void {
    this.#cancel();
    this.#cancel = this.#options.clock.setTimer(ms, () => void this.#look());
  }

  async #look(): Promise<void> {
    const { voices, deletions, logger } = this.#options;
    let nextMs = againMs;
    try {
      for (const [id, file] of await deletions.unfinished()) {
        await this.#endMedium(id, file);
      }
      for (const voice of await voices.all()) {
        if (voice.deletingSince !== undefined && (await this.#jobAgainst(voice)) === null) {
          await this.#endVoice(voice.id);
        }
      }
    } catch (error) {
      logger.warn({ error: causeOf(error) }, "a deletion failed; trying again later");
      nextMs = soonMs;
    }
    this.#lookIn(nextMs);
  }

  async #endMedium(id: string, file: Pick<Asset, "hash" | "extension">): Promise<void> {
    const { media, deletions } = this.#options;
    const asset = await media.read(id);
    await media.forget(asset === null ? [] : [asset], [file]);
    await deletions.finish(id);
  }

  /**
   * The open job because of which a voice stays; null if there is none. Once its deletion is decided, a job that is
   * stored later does not change that: we have told its owner so, or they have asked to be forgotten.
   */
  async #jobAgainst({ id, owner }: Pick<Voice, "id" | "owner">): Promise<Job | null> {
    const { engine, deletions, clock } = this.#options;
    if (owner === nobody || (await deletions.of(id)) !== null) {
      return null;
    }
    const job = await openJobNaming(engine, id);
    await (job === null ? deletions.note(id, { owner, at: clock.now() }) : this.#keep(id));
    return job;
  }

  #keep(id: string): Promise<void> {
    return this.#options.voices.change(id, (current) => {
      if (current === null) {
        return null;
      }
      const { deletingSince: _, ...kept } = current;
      return kept;
    });
  }

  async #endVoice(id: string): Promise<VoiceDeletion> {
    const { voices, logger } = this.#options;
    const voice = await voices.read(id);
    if (voice === null) {
      return { vendor: "deleted" };
    }
    const end = await this.#deleteAtVendor(voice);
    if (end.vendor === "later") {
      return end;
    }
    if (end.vendor === "refused") {
      const { provider, speakerId } = voice;
      logger.error({ provider, voice: speakerId }, "a vendor did not delete a voice whose owner deleted it");
    }
    await voices.remove(id);
    return end;
  }

  async #deleteAtVendor(voice: Voice): Promise<VoiceDeletion> {
    const provider = this.#options.provider(voice.provider);
    if (provider?.deleteVoice === undefined) {
      return { vendor: "keeps" };
    }
    if (this.#options.identity.held() !== null) {
      // The original of a copy may still use it.
      return { vendor: "later", reason: { key: "store.needs-release" } };
    }
    try {
      await provider.deleteVoice(voiceAddress(voice));
      return { vendor: "deleted" };
    } catch (error) {
      const { kind, retry, sentence: reason } = failureOf(error);
      const isPassing = retry.kind === "later" || kind === "unreachable" || kind === "unknown";
      return { vendor: isPassing ? "later" : "refused", reason };
    }
  }
}
