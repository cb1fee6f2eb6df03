import type { Failure } from "../errors/errors.ts";
import type { Json } from "../ground/json.ts";
import type { Asset } from "../media/media.ts";
import type { Sentence } from "../messages/sentence.ts";

/** What something cost, in the provider's own unit. */
export interface Charge {
  /** Absent when the vendor does not tell. */
  amount?: number;
  /** e.g. `points`. */
  unit: string;
}

/** What something will cost: an amount, or what it depends on. */
export type Price =
  | { known: true; amount: number; unit: string }
  | {
      known: false;
      dependsOn: Sentence;
      unit?: string;
      /** How much the vendor counts, where only what that costs is not known. */
      counted?: { amount: number; unit: string };
    };

/** A medium as a provider hands it over: bytes it holds, or an address at the vendor that expires. */
export type ProducedMedia =
  | { bytes: Uint8Array; name?: string }
  | {
      url: string;
      name?: string;
    };

/** What one operation made. */
export interface Output {
  media: ProducedMedia[];
  /** Facts to keep with the step, e.g. `{ speakerId, tier }` of a trained voice. */
  facts?: Json;
  /** What the vendor said, where words are the result. */
  text?: string;
  /** What was asked for and not made though the rest was, e.g. one picture of several: one failure each. */
  missing?: Failure[];
  charge?: Charge;
  /** The vendor's id for support. */
  requestId?: string;
}

/** How a start ended; there is no sixth way. A start is never repeated by the provider itself. */
export type StartEnd =
  | { end: "done"; output: Output }
  /** Begun at the vendor; `reference` is all that is needed to ask about it later, from any process. */
  | { end: "operation"; reference: Json; requestId?: string; checkAfterMs?: number }
  /** No byte of the paid request left us. */
  | { end: "not-sent"; failure: Failure }
  /** The vendor answered and nothing began; or nothing was sent and trying again would not help. */
  | { end: "refused"; failure: Failure }
  /** Sent, and no readable answer: time-outs, resets, unreadable or oversized bodies. */
  | { end: "unknown"; failure: Failure };

/** How things stand at the vendor. */
export type CheckEnd =
  | {
      state: "pending";
      /** The vendor still queues it. */
      queued?: boolean;
      /** From 0 to 1, only when the vendor says so. */
      fraction?: number;
      /** Replaces the stored reference. */
      reference?: Json;
      checkAfterMs?: number;
    }
  | { state: "done"; output: Output }
  | { state: "failed"; failure: Failure }
  /** It did begin, and the vendor does not know it (any more): no end, so a person decides. */
  | { state: "lost"; failure: Failure };

/** What a provider may use while it talks to its vendor for one caller. */
export interface OperationContext {
  /** Whom it is for: hashed by providers that must name a user to their vendor. */
  callerId: string;
  /** Stored bytes. */
  read(asset: Asset): Promise<Uint8Array>;
  /** An address at which the vendor can fetch the asset; equal content has an equal address. */
  addressOf(asset: Asset): Promise<string>;
  /** An address for a completion notice about this very step; absent when the vendor cannot reach us. */
  callbackUrl?: string;
  /** Aborted when the process is told to stop at once or the lease is lost. */
  signal: AbortSignal;
}

/**
 * One thing a provider can do. Every function translates and returns: no waiting for completion, no repeats.
 * `Request` is what the tools ask for, in Toolcast's words and units.
 */
export interface Operation<Request> {
  /** After this long without an end the job is `unresolved`, in milliseconds. */
  maxDurationMs: number;
  /** When `start` is first followed by `check`, in milliseconds. Default 2,000. */
  firstCheckAfterMs?: number;
  /** True when the vendor fetches media by address, so that an address it can reach is needed before spending. */
  fetchesMedia?: boolean;
  /** True when the vendor's list (`recordsSince`) never shows what this begins, so that its silence says nothing. */
  unlisted?: boolean;
  /** The most results one start makes, for operations that can make several. Default 1. */
  perCall?: number;
  /** Per-provider ranges and cross-field rules; throws a `UsageError` that names the field at fault. Sends nothing. */
  validate?(request: Request): void;
  /** May look at the account for what the price depends on, within a second, so that no answer is late. */
  price(request: Request): Price | Promise<Price>;
  start(request: Request, context: OperationContext): Promise<StartEnd>;
  /** Absent for operations whose start is always their end. Throws a `ToolcastError` when the vendor cannot be read now. */
  check?(reference: Json, context: OperationContext): Promise<CheckEnd>;
  /** Asks the vendor to stop; absent where it cannot. */
  cancel?(reference: Json, context: OperationContext): Promise<"stopped" | "goes-on">;
}

export interface ImageRequest {
  /** What the picture should show; at most 1,000 characters. */
  prompt: string;
  /** What it must not show. Default: nothing is ruled out. */
  negativePrompt?: string;
  /** `<width>x<height>` in pixels. */
  size?: string;
  /** Repeats a picture where the vendor can: 0 to 2,147,483,647. Default: another picture each time. */
  seed?: number;
  /** How many pictures, up to the operation's `perCall`. Default 1. */
  count?: number;
}

/** One question about a picture and what was answered. */
export interface DialogueTurn {
  question: string;
  answer: string;
}

export interface ImageUnderstandingRequest {
  /** The picture that is asked about. */
  image: Asset;
  /** What is asked; at most as many characters as the provider takes. */
  question: string;
  /** What was said about this picture before, oldest first; each provider takes as much as it can. Default none. */
  history?: readonly DialogueTurn[];
}

export interface AvatarVideoRequest {
  /** The person to animate; without it only speech is made. */
  video?: Asset;
  /** What drives the person: a recording (absent in what is priced before an earlier step has made it)... */
  audio?: Asset;
  /** ...or words. */
  text?: string;
  /** The work's name at the vendor; at most 20 characters. Default: the vendor's own. */
  title?: string;
}

export interface PortraitVideoRequest {
  /** A picture of the person to animate. */
  image: Asset;
  /** What drives the person; absent in what is priced before an earlier step has made it. */
  audio?: Asset;
}

export type VoiceTier = "lite" | "pro";

export interface VoiceCloningRequest {
  /** A recording of the person whose voice it is. */
  audio: Asset;
  /** For vendors that offer two kinds of voices; theirs to choose when absent. */
  tier?: VoiceTier;
  /** The vendor's code of an existing voice to train again. */
  speakerId?: string;
  /** The model that voice was made for, where its facts told one. */
  model?: string;
}

export interface SpeechRequest {
  /** What is said; at most 10,000 characters. */
  text: string;
  /** The vendor's code of the voice. */
  speakerId: string;
  /** The voice's tier, where its facts told one. */
  tier?: VoiceTier;
  /** The model the voice was made for, where its facts told one: it speaks with no other. */
  model?: string;
  /** Ratio to the voice's own, as far as the vendor takes it (0.5 to 2 at most). Default 1. */
  speed?: number;
  /** Ratio to the voice's own, as `speed`. Default 1. */
  pitch?: number;
  /** Ratio to the voice's own, as `speed`. Default 1. */
  volume?: number;
  /** Speak a language other than the sample's. */
  crossLanguage?: boolean;
}

/** The operations the built-in tools know, by capability. Plugins add theirs by declaration merging. */
export interface Capabilities {
  image: ImageRequest;
  imageUnderstanding: ImageUnderstandingRequest;
  avatarVideo: AvatarVideoRequest;
  portraitVideo: PortraitVideoRequest;
  voiceCloning: VoiceCloningRequest;
  speech: SpeechRequest;
}
export type Capability = keyof Capabilities;
export type Operations = { [C in Capability]?: Operation<Capabilities[C]> };

/** What an account has left. */
export interface Balance {
  amount: number;
  /** e.g. `points`. */
  unit: string;
  /** Further quotas, e.g. cloned voices. */
  quotas: { name: Sentence; used: number; total: number }[];
}

/** Something a vendor lists as begun or charged: evidence for people about a start whose fate is not known. */
export interface VendorRecord {
  /** The vendor's id of it, as an operation's reference holds it: by it, other jobs' work is told from what is unclear. */
  id?: string;
  /** The vendor's words for what it was. */
  what: string;
  /** Epoch milliseconds, where the vendor tells an instant; else its time as it writes it. */
  time: number | string;
  amount?: number;
  unit?: string;
}

/** One line of an account's bills. */
export interface BillLine {
  /** The vendor's words for what was charged. */
  type: string;
  /** The vendor's time as it writes it; its zone is not documented. */
  time: string;
  /** The length of what was made, in milliseconds, where the vendor tells. */
  durationMs?: number;
  amount: number;
  /** e.g. `points`. */
  unit: string;
}

/** A page of an account's bills. */
export interface Bills {
  /** Lines over all pages. */
  total: number;
  lines: BillLine[];
  /** What the bills cover and what they do not. */
  covers: Sentence;
}
