import type { Failure } from "../errors/errors.ts";
import type { Json } from "../ground/json.ts";
import type { LocalizedText } from "../ground/locale.ts";
import type { Asset } from "../media/media.ts";
import type { Sentence } from "../messages/sentence.ts";

/** What something cost, in the provider's unit. */
export interface Charge {
  /** From 0, in `unit`. Left out if the vendor does not report it. */
  amount?: number;
  /** e.g. `points`. */
  unit: string;
}

/** What something will cost: an amount, or what it depends on. */
export type Price =
  | {
      known: true;
      amount: number;
      unit: string;
      /** The work may cost less, but not more. Default: it costs exactly this. */
      atMost?: boolean;
    }
  | {
      known: false;
      dependsOn: Sentence;
      unit?: string;
      /** The quantity that the vendor counts, if only its cost is not known. */
      counted?: { amount: number; unit: string };
    };

/** A medium as a provider returns it: bytes, or a vendor's address that expires. */
export type ProducedMedia =
  | { bytes: Uint8Array; name?: string }
  | {
      url: string;
      name?: string;
    };

/** What one operation made. */
export interface Output {
  /** Pictures, recordings or videos, in order; empty if the result is text or a voice. */
  media: ProducedMedia[];
  /** Facts to store with the step, e.g. `{ speakerId, tier }` of a trained voice. Default none. */
  facts?: Json;
  /** The vendor's text. Left out if the result is no text. */
  text?: string;
  /** The asker stopped it: `text` is what had arrived. Default: it is complete. */
  stopped?: boolean;
  /**
   * What was requested but not made, although the rest was, e.g. one picture of several: one failure each. Default:
   * nothing.
   */
  missing?: Failure[];
  /** What it cost. Left out if the vendor reports no charge: it then counts as probably charged, at its price. */
  charge?: Charge;
  /** The vendor's id for support. Default: none is shown. */
  requestId?: string;
}

/** How a start ended; there are no other ways. The provider never repeats a start. */
export type StartEnd =
  | { end: "done"; output: Output }
  /** Started at the vendor; `reference` is all that any process needs to ask about it later. */
  | { end: "operation"; reference: Json; requestId?: string; checkAfterMs?: number }
  /** No byte of the paid request was sent. */
  | { end: "not-sent"; failure: Failure }
  /** The vendor answered and nothing was started; or nothing was sent and trying again would not help. */
  | { end: "refused"; failure: Failure }
  /** Sent without a readable answer: timeouts, resets, unreadable or oversized bodies. */
  | { end: "unknown"; failure: Failure };

/** The state of an operation at the vendor. */
export type CheckEnd =
  | {
      state: "pending";
      /** Whether it still waits in the vendor's queue. */
      queued?: boolean;
      /** From 0 to 1, only if the vendor states it. */
      fraction?: number;
      /** Replaces the stored reference. */
      reference?: Json;
      checkAfterMs?: number;
    }
  | { state: "done"; output: Output }
  | { state: "failed"; failure: Failure }
  /** It was started, but the vendor does not know it (any more): its end is unknown, and a person decides. */
  | { state: "lost"; failure: Failure };

/** What a provider may use while it talks to its vendor for one caller. */
export interface OperationContext {
  /** The caller it is for; providers that must name a user to their vendor hash it. */
  callerId: string;
  /** Reads an asset's bytes into memory: for those that a request contains, such as a picture. */
  read(asset: Asset): Promise<Uint8Array>;
  /**
   * The same bytes in pieces, for a body that is streamed: however large the asset, little of it is in memory. Fails
   * before the first piece if the file is gone or damaged.
   */
  open(asset: Asset): AsyncIterable<Uint8Array>;
  /**
   * An address where the vendor can fetch the asset; equal content has the same address. Throws if the vendor cannot
   * reach us, which never happens to an operation with `fetchesMedia`.
   */
  addressOf(asset: Asset): Promise<string>;
  /**
   * Names this start: the same whenever it is asked again, and no other start's. For vendors that honour such a key, see
   * `sameKeyForMs`. At most 64 letters, digits, `_` and `-`. Left out: nothing is being started.
   */
  startKey?: string;
  /** False if the vendor cannot reach us: media must then be handed over in another way. Default true. */
  canBeReached?: boolean;
  /** An address for a completion notice about this step; absent if the vendor cannot reach us. */
  callbackUrl?: string;
  /** Aborted when the process must stop immediately or the lease is lost. */
  signal: AbortSignal;
  /**
   * Takes the next piece of a text as it arrives. What it took is kept through a crash; the operation's output repeats
   * all of it. Left out: nobody reads along.
   */
  onText?(piece: string): void;
  /**
   * Aborted when the asker wants no more of a text: the operation then closes its connection and ends as done with what
   * has arrived, `stopped`. Left out: nobody can stop it.
   */
  stop?: AbortSignal;
}

/**
 * One thing a provider can do. Every function translates and returns: no waiting for completion, no repeats. `Request`
 * is the tools' request, in Toolcast's terms and units.
 */
export interface Operation<Request> {
  /** How long it may take before the job is `unresolved`, in milliseconds. */
  maxDurationMs: number;
  /** How long after `start` the first `check` is made, in milliseconds. Default 2,000. */
  firstCheckAfterMs?: number;
  /**
   * True if the vendor fetches media by address: an address that it can reach is then needed before spending. Default
   * false.
   */
  fetchesMedia?: boolean;
  /**
   * How long the vendor recognises a start by its key (`startKey`, which `start` must then send), in milliseconds. In
   * that time a start without a clear answer is asked again with the same key and becomes unclear only afterwards. Left
   * out: the vendor has no such key, and no start is ever repeated.
   */
  sameKeyForMs?: number;
  /**
   * True if the vendor's list (`recordsSince`) never shows what this starts, so its absence from the list means
   * nothing. Default false.
   */
  unlisted?: boolean;
  /** True if its start gives the pieces of a text to `onText` and obeys `stop`. Default false. */
  streams?: boolean;
  /** The most results that one start makes. Default 1. */
  perCall?: number;
  /**
   * Common values of the request's properties, by property, best first; suggested to people while they type. Default:
   * the tool's own.
   */
  suggested?: Readonly<Record<string, readonly string[]>>;
  /**
   * Per-provider ranges and cross-field rules; throws a `UsageError` that names the field at fault. Sends nothing.
   * Default: the request has been checked by its tool, and everything else is for the vendor to refuse.
   */
  validate?(request: Request): void;
  /**
   * May ask for the account's state if the price depends on it, but for at most a second, because people wait for the
   * answer.
   */
  price(request: Request): Price | Promise<Price>;
  /** The paid start. Never throws because of a vendor's answer: a throw counts as `unknown`. */
  start(request: Request, context: OperationContext): Promise<StartEnd>;
  /**
   * How far the operation is. Throws a `ToolcastError` if the vendor cannot be read now. Left out by operations that
   * always end with their start.
   */
  check?(reference: Json, context: OperationContext): Promise<CheckEnd>;
  /** Asks the vendor to stop. Left out if it cannot: a started operation then continues. */
  cancel?(reference: Json, context: OperationContext): Promise<"stopped" | "goes-on">;
}

export interface ImageRequest {
  /** What the picture should show; at most 1,000 characters. */
  prompt: string;
  /** What it must not show. Default: no restriction. */
  negativePrompt?: string;
  /** `<width>x<height>` in pixels, or the name of a size: `1K`, `2K`, `4K`. */
  size?: string;
  /**
   * Makes a picture repeatable, if the vendor supports it: 0 to 2,147,483,647. Default: a different picture each time.
   */
  seed?: number;
  /** How many pictures, up to the operation's `perCall`. Default 1. */
  count?: number;
}

/** A picture to make from a given one. */
export interface ImageEditRequest extends ImageRequest {
  /** The picture to change; `prompt` says how. */
  image: Asset;
}

export interface VideoRequest {
  /** What the video should show or, with a picture, what happens in it; at most 1,500 characters. */
  prompt: string;
  /** The picture it begins with. Default: made from words alone. */
  image?: Asset;
  /** How long it should be, in whole seconds. Default: the provider's own. */
  durationSeconds?: number;
  /** `<width>x<height>` in pixels, or the name of a resolution: `480P`, `720P`, `1080P`. Default: the provider's own. */
  size?: string;
  /** Makes a video repeatable, if the vendor supports it: 0 to 2,147,483,647. Default: a different one each time. */
  seed?: number;
}

/** One question and its answer. */
export interface DialogueTurn {
  question: string;
  answer: string;
}

export interface ImageUnderstandingRequest {
  /** The picture that the question is about. */
  image: Asset;
  /** The question; at most as many characters as the provider accepts. */
  question: string;
  /** The earlier dialogue about this picture, oldest first; each provider uses as much as it can. Default none. */
  history?: readonly DialogueTurn[];
}

/** A question to a language model. */
export interface TextRequest {
  /** The question; at most as many tokens as the model accepts. */
  question: string;
  /** A picture that the question is about. Default: none. */
  image?: Asset;
  /** How to answer, which a model follows through the whole dialogue. Default: its own way. */
  instructions?: string;
  /** The earlier dialogue, oldest first; each provider uses as much as it can. Default none. */
  history?: readonly DialogueTurn[];
}

export interface AvatarVideoRequest {
  /** The person to animate; without it, only speech is made. */
  video?: Asset;
  /** The recording that drives the person (absent when pricing before an earlier step has made it)... */
  audio?: Asset;
  /** ...or the text. */
  text?: string;
  /** The work's name at the vendor; at most 20 characters. Default: the vendor's own. */
  title?: string;
}

export interface PortraitVideoRequest {
  /** A picture of the person to animate. */
  image: Asset;
  /** The recording that drives the person; absent when pricing before an earlier step has made it. */
  audio?: Asset;
}

export type VoiceTier = "lite" | "pro";

/** How a voice is named to its vendor. */
export interface VoiceAddress {
  /** The vendor's id of it. */
  speakerId: string;
  /** The kind of voice. Left out if the vendor has only one. */
  tier?: VoiceTier;
  /** The model it was made for. Left out if its facts name none. */
  model?: string;
}

export interface VoiceCloningRequest {
  /** A recording of the person whose voice is cloned. */
  audio: Asset;
  /** For vendors that offer two kinds of voices, which choose if it is absent. */
  tier?: VoiceTier;
  /** The vendor's id of an existing voice to train again. */
  speakerId?: string;
  /** The model that voice was made for, if its facts name one. */
  model?: string;
}

/** The languages that a text can be marked as. */
export const spokenLanguages = [
  "chinese",
  "english",
  "french",
  "german",
  "japanese",
  "korean",
  "russian",
  "portuguese",
  "spanish",
  "italian",
  "thai",
  "indonesian",
  "vietnamese",
] as const;
export type SpokenLanguage = (typeof spokenLanguages)[number];

export interface SpeechRequest {
  /** What to say; at most 10,000 characters. */
  text: string;
  /** The vendor's id of the voice. */
  speakerId: string;
  /** The voice's tier, if its facts name one. */
  tier?: VoiceTier;
  /** The model the voice was made for, if its facts name one; it works with no other. */
  model?: string;
  /** Ratio to the voice's own speed, within the vendor's limits (0.5 to 2 at most). Default 1. */
  speed?: number;
  /** Ratio to the voice's own, as `speed`. Default 1. */
  pitch?: number;
  /** Ratio to the voice's own, as `speed`. Default 1. */
  volume?: number;
  /** Whether to speak a language other than the sample's. */
  crossLanguage?: boolean;
  /** How to say it, in plain words, e.g. "slowly and softly"; at most 500 characters. Default: the voice's own way. */
  instructions?: string;
  /** The language of the text, e.g. `english`, for numbers and signs that are read differently. Default: found out. */
  language?: SpokenLanguage;
}

/** The requests of the operations that built-in tools use, by capability. Plugins add theirs by declaration merging. */
export interface Capabilities {
  image: ImageRequest;
  imageEditing: ImageEditRequest;
  video: VideoRequest;
  imageUnderstanding: ImageUnderstandingRequest;
  text: TextRequest;
  avatarVideo: AvatarVideoRequest;
  portraitVideo: PortraitVideoRequest;
  voiceCloning: VoiceCloningRequest;
  speech: SpeechRequest;
}
export type Capability = keyof Capabilities;
export type Operations = { [C in Capability]?: Operation<Capabilities[C]> };

/** What an account has left. */
export interface Balance {
  /** What is left, in `unit`; from below 0 if it is a debt. */
  amount: number;
  /** e.g. `points`. */
  unit: string;
  /** Further quotas, e.g. cloned voices; whole numbers from 0. Empty if there are none. */
  quotas: { name: Sentence; used: number; total: number }[];
}

/** Something a vendor lists as started or charged: evidence for people about a start with an unknown end. */
export interface VendorRecord {
  /**
   * The vendor's id of it, as in an operation's reference; it distinguishes other jobs' work from what is unclear. Left
   * out if the vendor gives none.
   */
  id?: string;
  /** The vendor's description. */
  what: string;
  /** Epoch milliseconds, if the vendor gives an instant; otherwise its time as written. */
  time: number | string;
  /** What it cost, from 0, in `unit`. Left out if the vendor does not report it. */
  amount?: number;
  /** The unit of `amount`, e.g. `points`. Default: none is shown. */
  unit?: string;
}

/** One line of an account's bills. */
export interface BillLine {
  /** The vendor's description of what was charged. */
  type: string;
  /** The same in every language, for a description that is known. Default: only the vendor's. */
  what?: LocalizedText;
  /** The vendor's time as written. */
  time: string;
  /** The same in epoch milliseconds, if it can be read and its time zone is known. Default: unknown. */
  at?: number;
  /** The length of the result in milliseconds, if the vendor gives it. */
  durationMs?: number;
  amount: number;
  /** e.g. `points`. */
  unit: string;
}

/** A page of an account's bills. */
export interface Bills {
  /** The number of lines on all pages. */
  total: number;
  lines: BillLine[];
  /** What the bills cover and what they do not. */
  covers: Sentence;
}
