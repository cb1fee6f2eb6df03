import { createHash } from "node:crypto";
import type Keyv from "keyv";
import { UsageError } from "../errors/errors.ts";
import type { LocalizedText } from "../ground/locale.ts";
import type { Sentence } from "../messages/sentence.ts";
import type { Caller } from "../people/caller.ts";
import { personName } from "../people/person.ts";
import type { VoiceAddress, VoiceTier } from "../providers/operation.ts";
import type { PresetVoice, Provider } from "../providers/provider.ts";
import type { Deletions } from "../state/deletions.ts";

/** Who said that the voice may be copied, when and for which recording. */
interface Consent {
  /** Caller id. */
  by: string;
  /** Epoch milliseconds. */
  at: number;
  /** SHA-256 of the sample, hex. */
  sampleHash: string;
}

/** A person, or everybody with a role, with whom a voice is shared. */
export interface Grantee {
  /** `<surface>:<person>` or `<surface>:role:<id>`. */
  id: string;
  /** What the owner knew them by. Default: only the id is known. */
  name?: string | LocalizedText;
}

/** Who wants to use a voice. */
export type VoiceUser = Pick<Caller, "id" | "roles">;

/** A cloned voice with its consents, which belongs to whoever made it; or one of a vendor's own voices. */
export interface Voice {
  /** `voice_...`, derived from the job that made it. */
  id: string;
  owner: string;
  /** What others see the owner called. */
  ownerName: string | LocalizedText;
  name: string;
  provider: string;
  /** Only if the vendor has several kinds of voices. */
  tier?: VoiceTier;
  /** Only if the voice speaks with one model only. */
  model?: string;
  /** The vendor's identifier for it. */
  speakerId: string;
  /** The consent to each training, oldest first; the vendor allows at most ten. */
  consents: Consent[];
  /** The jobs that trained it, in the same order. */
  jobs: string[];
  /** Everybody here may use it. */
  shared: boolean;
  /** Who else may use it while it is not shared with everybody. Default: nobody. */
  sharedWith?: Grantee[];
  /** Epoch milliseconds. */
  createdAt: number;
  /** Only for a vendor's own voice, which belongs to nobody here: what it sounds like and speaks. */
  preset?: Pick<PresetVoice, "alias" | "character" | "languages">;
  /** Since when it is being deleted, epoch milliseconds: nobody can use it any more. Usually absent. */
  deletingSince?: number;
}

/** How often one voice may be trained in total (document 003). */
export const maxTrainings = 10;

/** The voices of this installation, in small state shared by all processes. */
export class VoiceBook {
  readonly #state: Keyv;
  readonly #exclusively: <Result>(work: () => Promise<Result>) => Promise<Result>;
  readonly #deletions: Pick<Deletions, "of"> | undefined;
  readonly #providers: () => readonly Pick<Provider, "id" | "presetVoices" | "operations">[];

  /**
   * `exclusively` runs work that no other process may do at the same time. `deletions` distinguishes a deleted voice
   * from one that never existed. Default: both are reported as not found. `providers` may have voices of their own.
   * Default: none.
   */
  constructor(
    state: Keyv,
    exclusively: <Result>(work: () => Promise<Result>) => Promise<Result>,
    deletions?: Pick<Deletions, "of">,
    providers: () => readonly Pick<Provider, "id" | "presetVoices" | "operations">[] = () => [],
  ) {
    this.#state = state;
    this.#exclusively = exclusively;
    this.#deletions = deletions;
    this.#providers = providers;
  }

  /** The vendors' own voices, which everybody may use, in the order of the providers; each one's default first. */
  presets(): Voice[] {
    return this.#providers()
      .filter(({ operations }) => operations.speech !== undefined)
      .flatMap(({ id, presetVoices = [] }) => presetVoices.map((voice) => presetVoice(id, voice)));
  }

  /** Every voice the caller may use: their own first, then shared ones; by name. */
  async usableBy(user: VoiceUser): Promise<Voice[]> {
    const voices = (await this.all()).filter((voice) => isUsableBy(voice, user));
    const rank = (voice: Voice) => (voice.owner === user.id ? 0 : 1);
    return voices.sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name) || a.id.localeCompare(b.id));
  }

  /**
   * A usable voice by id or name, the caller's own before shared ones before the vendors'; throws a `UsageError` naming
   * `field`.
   */
  async find(nameOrId: string, user: VoiceUser, field: string): Promise<Voice> {
    const wanted = nameOrId.trim();
    const isMeant = (name: string | undefined) => name?.toLowerCase() === wanted.toLowerCase();
    const voice = [...(await this.usableBy(user)), ...this.presets()].find(
      ({ id, name, preset }) => id === wanted || isMeant(name) || isMeant(preset?.alias),
    );
    if (voice === undefined) {
      throw new UsageError(await this.#whyNot(wanted, user.id), field);
    }
    return voice;
  }

  /** Why a voice cannot be used; about other people's voices only for callers who know its id. */
  async #whyNot(wanted: string, callerId: string): Promise<Sentence> {
    const deleting = (await this.all()).find(
      ({ id, owner, name, deletingSince }) =>
        deletingSince !== undefined &&
        (id === wanted || (owner === callerId && name.toLowerCase() === wanted.toLowerCase())),
    );
    const deletion = deleting ?? (await this.#deletions?.of(wanted));
    if (!deletion) {
      return { key: "voice.not-found", values: { name: wanted } };
    }
    return { key: deletion.owner === callerId ? "voice.deleted-by-you" : "voice.deleted" };
  }

  /** All voices, whoever owns them. */
  async all(): Promise<Voice[]> {
    const voices: Voice[] = [];
    for await (const [, voice] of this.#state.iterator?.(this.#state.namespace) ?? []) {
      voices.push(voice as Voice);
    }
    return voices;
  }

  /** The voice with that id, whoever asks. */
  async read(id: string): Promise<Voice | null> {
    return this.presets().find((voice) => voice.id === id) ?? (await this.#state.get<Voice>(id)) ?? null;
  }

  /**
   * Changes the current state of a voice, one change at a time over all processes. `decide` returns null to leave it as
   * it is; it gets null for a voice that does not exist, and may create it.
   */
  async change(id: string, decide: (voice: Voice | null) => Voice | null): Promise<void> {
    await this.#exclusively(async () => {
      const voice = decide(await this.read(id));
      if (voice !== null) {
        await this.#state.set(id, { ...voice, name: await this.#freeName(voice) });
      }
    });
  }

  /** Permanently removes a voice. Safe to repeat. */
  async remove(id: string): Promise<void> {
    await this.#exclusively(() => this.#state.delete(id));
  }

  /** Two clones made at the same time may have asked for one name: the later one gets a number. */
  async #freeName(voice: Voice): Promise<string> {
    const taken = (await this.usableBy({ id: voice.owner }))
      .filter(({ owner, id }) => owner === voice.owner && id !== voice.id)
      .map(({ name }) => name.toLowerCase());
    for (let number = 1; ; number += 1) {
      const name = number === 1 ? voice.name : `${voice.name} ${number}`;
      if (!taken.includes(name.toLowerCase())) {
        return name;
      }
    }
  }
}

/** The id is made of what is never renamed, so that a job finds its voice again. */
function presetVoice(provider: string, { name, speakerId, tier, model, ...preset }: PresetVoice): Voice {
  return {
    id: `preset:${provider}:${speakerId}`,
    owner: "",
    ownerName: "",
    name,
    provider,
    tier,
    model,
    speakerId,
    consents: [],
    jobs: [],
    shared: true,
    createdAt: 0,
    preset,
  };
}

function isUsableBy({ deletingSince, owner, shared, sharedWith = [] }: Voice, { id, roles = [] }: VoiceUser): boolean {
  const isNamed = sharedWith.some((grantee) => grantee.id === id || roles.includes(grantee.id));
  return deletingSince === undefined && (owner === id || shared || isNamed);
}

/**
 * What to enter for one of the voices that somebody may use, in the order of `usableBy`: its name, or its id if that
 * name means another one.
 */
export function enteredAs({ id, name }: Voice, usable: readonly Voice[]): string {
  const meant = usable.find((one) => one.name.toLowerCase() === name.toLowerCase());
  return meant?.id === id ? name : id;
}

/** The id of the voice that a job makes: the same however often the end of the job is recorded. */
export function voiceIdOf(jobId: string): string {
  return `voice_${createHash("sha256").update(jobId).digest("base64url").slice(0, 22)}`;
}

/** Whose voice it is, as the reader sees the owner called. */
export function ownerName({ owner, ownerName: name }: Voice, reader: Pick<Caller, "id" | "locale">): string {
  return personName({ id: owner, name }, reader);
}

/** The kind of a voice, for people: its tier or its model; a dash if the vendor names neither. */
export function kindOfVoice({ tier, model }: Pick<Voice, "tier" | "model">): string {
  return tier?.toUpperCase() ?? model ?? "–";
}

/** How a voice is named in a request to its vendor. */
export function voiceAddress({ speakerId, tier, model }: Voice): VoiceAddress {
  return { speakerId, tier, model };
}
