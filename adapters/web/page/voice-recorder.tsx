import type { MediaLimits } from "@toolcast/core/surface";
import { useEffect, useRef, useState } from "preact/hooks";
import { clockTime, duration } from "./format.ts";
import { Icon } from "./icons.tsx";
import { type Recording, RecordingError, type RecordingTrouble, startRecording } from "./recorder.ts";
import { type StringName, t } from "./strings.ts";
import { recordingBytesPerSecond } from "./wav.ts";

/** Longer than anybody speaks into a form. A forgotten microphone must switch itself off. */
const longestMs = 10 * 60_000;
const refreshMs = 100;

type Stage =
  | { name: "idle" }
  | { name: "asking" }
  | { name: "recording"; recording: Recording }
  | { name: "heard"; file: File; address: string; durationMs: number }
  | { name: "trouble"; trouble: RecordingTrouble | "silent" };

const troubles = {
  insecure: "recordInsecure",
  refused: "recordRefused",
  missing: "recordMissing",
  failed: "recordFailed",
  silent: "recordSilent",
} as const satisfies Record<RecordingTrouble | "silent", StringName>;

/** True for inputs that take a recording made here. */
export function takesRecording(limits: MediaLimits | undefined): boolean {
  return limits?.kind === "audio" && (limits.formats?.includes("wav") ?? true);
}

/** Records a voice: start, stop, listen, use. */
export function VoiceRecorder(props: { limits: MediaLimits | undefined; onUse: (file: File) => void }) {
  const { limits, onUse } = props;
  const [stage, setStage] = useState<Stage>({ name: "idle" });
  const [heard, setHeard] = useState({ durationMs: 0, level: 0 });
  const isHere = useRef(true);
  const shortestMs = limits?.durationMs?.min ?? 0;
  const mostMs = Math.min(
    longestMs,
    limits?.durationMs?.max ?? longestMs,
    ((limits?.maxBytes ?? Number.POSITIVE_INFINITY) / recordingBytesPerSecond) * 1_000,
  );

  const finish = (recording: Recording) => {
    const durationMs = recording.durationMs();
    const file = recording.stop();
    setStage(
      file === null
        ? { name: "trouble", trouble: "silent" }
        : { name: "heard", file, address: URL.createObjectURL(file), durationMs },
    );
  };
  const start = async () => {
    setStage({ name: "asking" });
    try {
      const recording = await startRecording(() => finish(recording));
      if (isHere.current) {
        setStage({ name: "recording", recording });
      } else {
        recording.discard();
      }
    } catch (error) {
      setStage({ name: "trouble", trouble: error instanceof RecordingError ? error.trouble : "failed" });
    }
  };
  useEffect(() => {
    isHere.current = true;
    return () => {
      isHere.current = false;
    };
  }, []);
  useEffect(() => {
    if (stage.name === "heard") {
      return () => URL.revokeObjectURL(stage.address);
    }
    if (stage.name !== "recording") {
      return undefined;
    }
    const { recording } = stage;
    const timer = setInterval(() => {
      setHeard({ durationMs: recording.durationMs(), level: recording.level() });
      if (recording.durationMs() >= mostMs - refreshMs) {
        finish(recording);
      }
    }, refreshMs);
    return () => {
      clearInterval(timer);
      recording.discard();
    };
  }, [stage]);

  switch (stage.name) {
    case "idle":
    case "asking":
    case "trouble":
      return (
        <>
          <button type="button" class="plain small" disabled={stage.name === "asking"} onClick={() => void start()}>
            <Icon name="microphone" />
            {t("record")}
          </button>
          {stage.name === "trouble" && (
            <p class="problem recorder-line" role="alert">
              {t(troubles[stage.trouble])}
            </p>
          )}
        </>
      );
    case "recording":
      return (
        <div class="recorder-line recorder">
          <span class="pulse" aria-hidden="true" />
          <span role="timer">{t("recordingNow", { length: clockTime(heard.durationMs) })}</span>
          <meter aria-label={t("loudness")} min={0} max={1} value={heard.level} />
          <button type="button" class="primary small" onClick={() => finish(stage.recording)}>
            <Icon name="stop" />
            {t("stopRecording")}
          </button>
        </div>
      );
    case "heard": {
      const isShort = stage.durationMs < shortestMs;
      return (
        <div class="recorder-line recorder">
          {/* biome-ignore lint/a11y/useMediaCaption: the person's own voice, just recorded */}
          <audio src={stage.address} controls aria-label={t("yourRecording")} />
          <span class="muted">{t("recorded", { length: clockTime(stage.durationMs) })}</span>
          {isShort && (
            <p class="problem" role="alert">
              {t("recordShort", { shortest: duration(shortestMs) })}
            </p>
          )}
          <span class="recorder-end">
            <button type="button" class="primary small" disabled={isShort} onClick={() => onUse(stage.file)}>
              {t("useRecording")}
            </button>
            <button type="button" class="plain small" onClick={() => void start()}>
              {t("recordAgain")}
            </button>
          </span>
        </div>
      );
    }
    default:
      return stage satisfies never;
  }
}
