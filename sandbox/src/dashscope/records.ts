import type { SpeechFormat } from "../media/speech-file.ts";

/** Why one picture of several, or a whole task, came to nothing. */
export interface Trouble {
  code: string;
  message: string;
}

/** One picture of a task. */
export interface Picture {
  /** Name of its result. */
  name: string;
  prompt: string;
  /** The prompt after the vendor's rewriting, where that was asked for. */
  actualPrompt?: string;
  trouble?: Trouble;
}

/** The video of a task; where its address stands in the answer depends on the model. */
export interface Video {
  name: string;
  durationMs: number;
  addressAt: "results" | "output";
  /** What the usage says besides the duration. */
  usage: Record<string, string | number>;
}

/** When a task begins and ends is decided at its creation, so its status is a function of the time alone. */
export interface DashscopeTask {
  taskId: string;
  requestId: string;
  /** Path below the base address. */
  endpoint: string;
  model: string;
  /** The vendor's clock at the creation, which its life and every shown time are counted from. */
  acceptedAt: number;
  /** The machine's clock, for what takes time. */
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
  /** It was asked for by message and answers by message; `size` is what its usage says. */
  byMessage?: { size: string };
  video?: Video;
}

/** How to make what lies at a result address. */
export type DashscopeResult =
  | { kind: "picture"; prompt: string; width: number; height: number; seed: number }
  | { kind: "video"; soundPath: string; durationMs: number; comment: string }
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

export interface DashscopeVoice {
  /** The id of a CosyVoice voice, the name of a Qwen voice. */
  voice: string;
  family: "cosyvoice" | "qwen";
  targetModel: string;
  language?: string;
  /** Where the sample came from; empty when it came in the request. */
  resourceLink: string;
  /** The vendor's clock. */
  createdAt: number;
  modifiedAt: number;
  /** The machine's clock: until then it is being deployed. */
  readyAt: number;
  /** Its audit will end with a no. */
  rejected: boolean;
}
