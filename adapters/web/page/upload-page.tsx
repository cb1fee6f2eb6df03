import { useEffect, useRef, useState } from "preact/hooks";
import type { UploadPlaceView } from "../src/wire.ts";
import { bytes, duration, percent } from "./format.ts";
import { Icon, Mark } from "./icons.tsx";
import { ServerError, server } from "./server.ts";
import { labelled, t } from "./strings.ts";

type Stage =
  | { name: "loading" }
  | { name: "open"; place: UploadPlaceView; trouble?: string }
  | { name: "sending"; place: UploadPlaceView; progress: number }
  | { name: "done"; file: { name: string; bytes: number } }
  | { name: "over"; reason: string };

const refreshMs = 15_000;

/** The page behind a one-time link: takes one file and shows nothing else of the console. */
export function UploadPage({ path }: { path: string }) {
  const [stage, setStage] = useState<Stage>({ name: "loading" });
  const file = useRef<HTMLInputElement>(null);

  const look = async () => {
    try {
      const place = await server.uploadPlace(path);
      const isOpen = place.state === "open";
      setStage(
        isOpen
          ? { name: "open", place }
          : {
              name: "over",
              reason: t(place.state === "taken" ? "linkTaken" : place.state === "used" ? "linkUsed" : "linkExpired"),
            },
      );
    } catch (error) {
      setStage({ name: "over", reason: reasonOf(error) });
    }
  };
  useEffect(() => void look(), []);
  useEffect(() => {
    if (stage.name !== "open") {
      return undefined;
    }
    const timer = setTimeout(() => void look(), refreshMs);
    return () => clearTimeout(timer);
  }, [stage]);

  const take = async (chosen: File | undefined, place: UploadPlaceView) => {
    if (chosen === undefined) {
      return;
    }
    if (chosen.size > place.maxBytes) {
      const trouble = t("fileTooLarge", {
        name: chosen.name,
        actual: bytes(chosen.size),
        limit: bytes(place.maxBytes),
      });
      setStage({ name: "open", place, trouble });
      return;
    }
    setStage({ name: "sending", place, progress: 0 });
    try {
      const kept = await server.uploadTo(path, chosen, (progress) => setStage({ name: "sending", place, progress }));
      setStage({ name: "done", file: kept });
    } catch (error) {
      const isOver = error instanceof ServerError && [404, 410].includes(error.status);
      setStage(
        isOver
          ? { name: "over", reason: reasonOf(error) }
          : { name: "open", place, trouble: labelled(chosen.name, reasonOf(error)) },
      );
    }
  };

  return (
    <main
      class="upload"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        if (stage.name === "open") {
          void take(event.dataTransfer?.files[0], stage.place);
        }
      }}
    >
      <div class="upload-card">
        <Mark />
        <h1>{t("uploadTitle")}</h1>
        {stage.name === "open" && (
          <>
            <p class="muted">
              {t("uploadHint", { limit: bytes(stage.place.maxBytes), duration: duration(stage.place.remainingMs) })}
            </p>
            <input
              ref={file}
              type="file"
              class="visually-hidden"
              tabIndex={-1}
              aria-hidden="true"
              accept={stage.place.kind === undefined ? "image/*,audio/*,video/*" : `${stage.place.kind}/*`}
              onChange={({ currentTarget }) => {
                void take(currentTarget.files?.[0], stage.place);
                currentTarget.value = "";
              }}
            />
            <button type="button" class="primary" onClick={() => file.current?.click()}>
              <Icon name="attach" />
              {t("chooseFile")}
            </button>
            {stage.trouble !== undefined && (
              <p class="problem" role="alert">
                {stage.trouble}
              </p>
            )}
          </>
        )}
        {stage.name === "sending" && (
          <>
            <p role="status">{t("uploading", { percent: percent(stage.progress) })}</p>
            <progress aria-label={t("uploading", { percent: "" })} value={stage.progress} max={1} />
          </>
        )}
        {stage.name === "done" && (
          <p class="upload-done" role="status">
            <Icon name="check" />
            <span>
              {t("uploadDone")}
              <span class="muted">
                {stage.file.name} · {bytes(stage.file.bytes)}
              </span>
            </span>
          </p>
        )}
        {stage.name === "over" && <p role="alert">{stage.reason}</p>}
      </div>
    </main>
  );
}

function reasonOf(error: unknown): string {
  return error instanceof ServerError ? error.answer.error.title : t("strangeAnswer");
}
