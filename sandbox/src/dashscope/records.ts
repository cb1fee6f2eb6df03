import type { SpeechFormat } from "../media/speech-file.ts";

/** Why one picture of several, or a whole task, failed. */
export interface Trouble {
  code: string;
  message: string;
}

/** One picture of a task. */
export interface Picture {
  /** The name of its result. */
  name: string;
  prompt: string;
  /** The prompt after the vendor's rewriting, if that was requested. */
  actualPrompt?: string;
  trouble?: Trouble;
}

/** The video of a task; the position of its address in the answer depends on the model. */
export interface Video {
  name: string;
  durationMs: number;
  addressAt: "results" | "output";
  /** The content of the usage; in an answer with `results`, besides the duration. */
  usage: Record<string, string | number>;
  /** What it was asked for; absent for a speaking person. */
  prompt?: string;
}

/** A task's begin and end are decided at its creation, so its status depends only on the time. */
export interface DashscopeTask {
  taskId: string;
  requestId: string;
  /** Path below the base address. */
  endpoint: string;
  model: string;
  /** The vendor's clock at the creation, from which its lifetime and all shown times are counted. */
  acceptedAt: number;
  /** The machine's clock, for everything that takes time. */
  createdAt: number;
  startsAt: number;
  /** `null`: it never ends. */
  endsAt: number | null;
  /** The machine's clock. */
  canceledAt?: number;
  trouble?: Trouble;
  /** The vendor has lost sight of it. */
  lost: boolean;
  expiredUrl: boolean;
  pictures?: Picture[];
  /** It was requested by message and answers by message; `size` is the one in its usage. */
  byMessage?: { size: string };
  video?: Video;
}

/** How to make the file at a result address. */
export type DashscopeResult =
  | { kind: "picture"; prompt: string; width: number; height: number; seed: number }
  | {
      kind: "video";
      /** Without a sound, `prompt` is hummed. */
      soundPath?: string;
      prompt?: string;
      durationMs: number;
      comment: string;
    }
  | {
      kind: "speech";
      text: string;
      voice: string;
      speed: number;
      pitch: number;
      volume: number;
      format: SpeechFormat;
      rateHz: number;
    };

/** A file in the temporary storage. */
export interface DashscopeUpload {
  /** The only model that may use it. */
  model: string;
  /** Its name in the media directory. */
  sha256: string;
  bytes: number;
  /** The vendor's clock. */
  uploadedAt: number;
}

export interface DashscopeVoice {
  /** The id of a CosyVoice voice, the name of a Qwen voice. */
  voice: string;
  family: "cosyvoice" | "qwen";
  targetModel: string;
  language?: string;
  /** The sample's address; empty when it came in the request. */
  resourceLink: string;
  /** The vendor's clock. */
  createdAt: number;
  modifiedAt: number;
  /** The machine's clock: until then it is being deployed. */
  readyAt: number;
  /** It will fail its audit. */
  rejected: boolean;
}
