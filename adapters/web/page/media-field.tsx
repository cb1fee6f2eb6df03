import { useEffect, useRef, useState } from "preact/hooks";
import type { AssetView } from "../src/wire.ts";
import { messageOf } from "./actions.ts";
import type { FieldProps } from "./field-props.ts";
import { couldFit } from "./fitting.ts";
import { bytes, percent } from "./format.ts";
import { GalleryPicker } from "./gallery-picker.tsx";
import { Icon } from "./icons.tsx";
import { acceptedBy, wrongFile } from "./media-bounds.ts";
import { MediaPreview } from "./media-preview.tsx";
import { isGone, server } from "./server.ts";
import { isDragging, state } from "./store.ts";
import { labelled, t } from "./strings.ts";
import { UploadLink } from "./upload-link.tsx";
import { takesRecording, VoiceRecorder } from "./voice-recorder.tsx";

/** A media input: a file that is chosen, dropped or pasted, the sandbox's sample, or an id or link. */
export function MediaField(props: FieldProps & { id: string; describedBy: string }) {
  const { field, id, describedBy, onChange } = props;
  const value = props.value === undefined ? "" : String(props.value);
  const [asset, setAsset] = useState<AssetView | null>(null);
  const [progress, setProgress] = useState<number | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [panel, setPanel] = useState<"gallery" | "link" | null>(null);
  const file = useRef<HTMLInputElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const chooser = useRef<HTMLButtonElement>(null);
  const { limits } = field;
  const samples = (state.value?.sandbox?.samples ?? []).filter(({ kind }) => kind === limits?.kind);

  useEffect(() => {
    let isCurrent = true;
    if (value.startsWith("asset_") && asset?.id !== value) {
      server.asset(value).then(
        (found) => isCurrent && setAsset(found),
        (error) => {
          if (isCurrent) {
            setAsset(null);
            setTrouble(isGone(error) ? t("mediaGone") : null);
          }
        },
      );
    } else if (value === "") {
      setAsset(null);
    }
    return () => {
      isCurrent = false;
    };
  }, [value]);

  const choose = (chosen: AssetView) => {
    setTrouble(null);
    setPanel(null);
    setAsset(chosen);
    onChange(chosen.id);
    // The preview replaces the pressed button. It takes the focus only if the person has not moved on meanwhile.
    const hadFocus = frame.current?.contains(document.activeElement) ?? false;
    setTimeout(() => hadFocus && document.getElementById(id)?.focus({ preventScroll: true }));
  };

  const take = async (chosen: File | undefined) => {
    if (chosen === undefined) {
      return;
    }
    setTrouble(null);
    const limit = Math.min(
      limits?.maxBytes ?? Number.POSITIVE_INFINITY,
      state.value?.maxUploadBytes ?? Number.POSITIVE_INFINITY,
    );
    if (chosen.size > limit) {
      setTrouble(t("fileTooLarge", { name: chosen.name, actual: bytes(chosen.size), limit: bytes(limit) }));
      return;
    }
    setProgress(0);
    try {
      arrive(await server.upload(chosen, setProgress));
    } catch (error) {
      setTrouble([labelled(chosen.name, messageOf(error).title), acceptedBy(limits)].join(" "));
    } finally {
      setProgress(null);
    }
  };

  const arrive = (arrived: AssetView) => {
    if (couldFit(limits, arrived)) {
      choose(arrived);
    } else {
      setPanel(null);
      setTrouble(wrongFile(arrived.name, limits));
    }
  };

  const accepted = acceptedBy(limits);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping and pasting add to the button and the text inside
    <div
      ref={frame}
      class={`media-field ${isDragging.value ? "dragging" : ""}`}
      onDrop={(event) => {
        event.preventDefault();
        void take(event.dataTransfer?.files[0]);
      }}
      onPaste={(event) => {
        const [pasted] = event.clipboardData?.files ?? [];
        if (pasted !== undefined) {
          event.preventDefault();
          void take(pasted);
        }
      }}
    >
      {asset !== null && asset.id === value ? (
        <MediaPreview
          asset={asset}
          id={id}
          describedBy={describedBy}
          onRemove={() => {
            onChange(undefined);
            // The button that was pressed is gone.
            setTimeout(() => chooser.current?.focus());
          }}
        />
      ) : (
        <>
          <div class="drop">
            <button
              ref={chooser}
              type="button"
              class="plain small"
              // Not `disabled`: that would lose the focus.
              aria-disabled={progress !== null}
              onClick={() => progress === null && file.current?.click()}
            >
              <Icon name="attach" />
              {t("chooseFile")}
            </button>
            <button
              type="button"
              class="plain small"
              aria-expanded={panel === "gallery"}
              onClick={() => setPanel(panel === "gallery" ? null : "gallery")}
            >
              <Icon name="gallery" />
              {t("fromGallery")}
            </button>
            <button
              type="button"
              class="plain small"
              aria-expanded={panel === "link"}
              onClick={() => setPanel(panel === "link" ? null : "link")}
            >
              <Icon name="phone" />
              {t("otherDevice")}
            </button>
            {takesRecording(limits) && progress === null && (
              <VoiceRecorder limits={limits} onUse={(recording) => void take(recording)} />
            )}
            {samples.map((sample) => (
              <button key={sample.id} type="button" class="chip" onClick={() => choose(sample)}>
                {t("useSample", { name: sample.name })}
              </button>
            ))}
            {isDragging.value && (
              <span class="drop-note" role="status">
                {t("dropInInput")}
              </span>
            )}
            {progress !== null && <span class="muted">{t("uploading", { percent: percent(progress) })}</span>}
          </div>
          <input
            id={id}
            name={field.name}
            type="text"
            class="media-id"
            aria-describedby={describedBy}
            aria-invalid={props.problem !== undefined || trouble !== null}
            aria-required={field.required}
            placeholder={t("idOrLink")}
            autoComplete="off"
            value={value}
            onInput={({ currentTarget }) => {
              setTrouble(null);
              onChange(currentTarget.value.trim());
            }}
          />
          {panel === "gallery" && <GalleryPicker limits={limits} onChoose={choose} />}
          {panel === "link" && <UploadLink kind={limits?.kind} onArrive={arrive} />}
          {progress !== null && <progress aria-label={t("uploading", { percent: "" })} value={progress} max={1} />}
        </>
      )}
      <input
        ref={file}
        type="file"
        class="visually-hidden"
        tabIndex={-1}
        aria-hidden="true"
        accept={`${limits?.kind}/*`}
        onChange={({ currentTarget }) => {
          void take(currentTarget.files?.[0]);
          currentTarget.value = "";
        }}
      />
      {accepted !== "" && <p class="summary">{accepted}</p>}
      {trouble !== null && (
        <p class="problem" role="alert">
          {trouble}
        </p>
      )}
    </div>
  );
}
