import workletAddress from "./recorder-worklet.ts?worker&url";
import { encodeWav, recordingRate, resample } from "./wav.ts";

/** Why nothing could be recorded. */
export type RecordingTrouble = "insecure" | "refused" | "missing" | "failed";

export class RecordingError extends Error {
  readonly trouble: RecordingTrouble;
  constructor(trouble: RecordingTrouble) {
    super(trouble);
    this.trouble = trouble;
  }
}

/** A recording in progress. */
export interface Recording {
  /** The length recorded so far. */
  durationMs(): number;
  /** The loudest sample of the last block, 0 to 1. */
  level(): number;
  /** Ends it; gives a WAV file, or null if nothing was recorded. */
  stop(): File | null;
  /** Ends and discards it. */
  discard(): void;
}

/**
 * Asks for the microphone and starts. `onLost`: called when the microphone goes away; `stop` still gives what was
 * recorded.
 */
export async function startRecording(onLost: () => void): Promise<Recording> {
  // Browsers allow the microphone only on pages from this machine or over HTTPS.
  if (!window.isSecureContext || navigator.mediaDevices === undefined) {
    throw new RecordingError("insecure");
  }
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } }).catch((error: unknown) => {
    throw new RecordingError(troubleOf(error));
  });
  const context = new AudioContext();
  const release = () => {
    for (const track of stream.getTracks()) {
      track.stop();
    }
    if (context.state !== "closed") {
      void context.close();
    }
  };
  const blocks: Float32Array[] = [];
  let samples = 0;
  let level = 0;
  try {
    await context.audioWorklet.addModule(workletAddress);
    const recorder = new AudioWorkletNode(context, "recorder", { numberOfOutputs: 0 });
    recorder.port.onmessage = ({ data }: MessageEvent<Float32Array>) => {
      blocks.push(data);
      samples += data.length;
      level = data.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    };
    context.createMediaStreamSource(stream).connect(recorder);
    await context.resume();
  } catch {
    release();
    throw new RecordingError("failed");
  }
  stream.getAudioTracks()[0]?.addEventListener("ended", onLost);
  return {
    durationMs: () => (samples / context.sampleRate) * 1_000,
    level: () => level,
    stop() {
      release();
      if (samples === 0) {
        return null;
      }
      const whole = new Float32Array(samples);
      let at = 0;
      for (const block of blocks) {
        whole.set(block, at);
        at += block.length;
      }
      const bytes = encodeWav(resample(whole, context.sampleRate, recordingRate), recordingRate);
      return new File([bytes], fileName(new Date()), { type: "audio/wav" });
    },
    discard: release,
  };
}

function troubleOf(error: unknown): RecordingTrouble {
  const name = error instanceof Error ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") {
    return "refused";
  }
  return name === "NotFoundError" || name === "OverconstrainedError" ? "missing" : "failed";
}

function fileName(now: Date): string {
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString();
  return `recording-${local.slice(0, 19).replace("T", "-").replaceAll(":", "")}.wav`;
}
