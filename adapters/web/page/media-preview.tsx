import { useState } from "preact/hooks";
import type { AssetView } from "../src/wire.ts";
import { CopyButton } from "./copy-button.tsx";
import { bytes, clockTime } from "./format.ts";
import { Icon } from "./icons.tsx";
import { server } from "./server.ts";
import { labelled, t } from "./strings.ts";

/** A media input's value, to view, play or remove. Replaces the input and keeps its id. */
export function MediaPreview(props: { asset: AssetView; id: string; describedBy: string; onRemove: () => void }) {
  const { asset, id, describedBy, onRemove } = props;
  const [isGone, setGone] = useState(false);
  const facts = [
    asset.width === undefined ? null : `${asset.width} × ${asset.height}`,
    asset.durationMs === undefined ? null : clockTime(asset.durationMs),
    bytes(asset.bytes),
  ];
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would be a second one around a single input
    <div
      id={id}
      class="preview"
      role="group"
      tabIndex={-1}
      aria-label={asset.name}
      aria-describedby={describedBy}
      data-asset={asset.id}
    >
      {isGone ? <p class="gone">{t("mediaGone")}</p> : <Shown asset={asset} onError={() => setGone(true)} />}
      <span class="preview-name">
        {asset.name}
        <span class="muted">{facts.filter((fact) => fact !== null).join(" · ")}</span>
      </span>
      <span class="preview-tools">
        <CopyButton label={labelled(t("copyId"), asset.name)} value={asset.id} />
        <button
          type="button"
          class="quiet icon-only tiny"
          aria-label={labelled(t("removeFile"), asset.name)}
          title={t("removeFile")}
          onClick={onRemove}
        >
          <Icon name="close" />
        </button>
      </span>
    </div>
  );
}

function Shown({ asset: { id, kind, name }, onError }: { asset: AssetView; onError: () => void }) {
  const address = server.mediaAddress(id);
  switch (kind) {
    case "image":
      return <img src={address} alt="" onError={onError} />;
    case "video":
      return (
        // biome-ignore lint/a11y/useMediaCaption: the person's own file
        <video src={address} controls preload="metadata" aria-label={name} onError={onError} />
      );
    case "audio":
      return (
        // biome-ignore lint/a11y/useMediaCaption: the person's own file
        <audio src={address} controls preload="metadata" aria-label={name} onError={onError} />
      );
    default:
      return kind satisfies never;
  }
}
