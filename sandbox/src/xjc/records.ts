export type Tier = "LITE" | "PRO";

export interface Token {
  token: string;
  accessKey: string;
  expiresAt: number;
}

export type CallbackBehaviour = "once" | "late" | "twice" | "forged" | "lost" | "early";

/** A task's begin and end are decided at its creation, so its status depends only on the time. */
export interface Task {
  createdAt: number;
  startsAt: number;
  /** `null`: it never ends. */
  endsAt: number | null;
  /** `undefined`: it will succeed. */
  failure?: string;
  callbackUrl?: string;
  callback: CallbackBehaviour;
  callbackDone: boolean;
  accessKey: string;
}

/** A sound the vendor keeps: the file it downloaded, or the text it will speak. */
export type SoundSource =
  | { kind: "file"; path: string; durationMs: number }
  | { kind: "speech"; text: string; speed: number; pitch: number; volume: number; voice: string };

export interface Work extends Task {
  jobId: string;
  title: string;
  sound: SoundSource;
  /** The digital human, by the fingerprint of the video at its address's first use; `undefined`: sound only. */
  face?: string;
  durationMs: number;
  points: number;
  expiredUrl: boolean;
}

export interface Speech extends Task {
  jobId: string;
  tier: Tier;
  sound: Extract<SoundSource, { kind: "speech" }>;
  durationMs: number;
  expiredUrl: boolean;
}

export interface Voice {
  speakerId: string;
  tier: Tier;
  trainings: number;
  /** A training of this code has succeeded before the current one. */
  trainedBefore: boolean;
  current: Task;
  /** Until then a detail still reports the end of the training before the current one. */
  staleUntil: number;
  staleStatus: 3 | 4;
  staleError: string;
}

export interface Face {
  videoUrl: string;
  sha256: string;
  firstUsedAt: number;
}
