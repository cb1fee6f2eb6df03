import { useState } from "preact/hooks";
import type { AssetView } from "../src/wire.ts";
import { Icon } from "./icons.tsx";
import { server } from "./server.ts";
import { t } from "./strings.ts";

/**
 * A medium in a small frame. `canPlay`: with controls, and a picture opens at full size; otherwise only to recognise
 * it.
 */
export function MediaThumbnail({ item, canPlay = false }: { item: AssetView; canPlay?: boolean }) {
  const [isGone, setGone] = useState(false);
  const address = server.mediaAddress(item.id);
  const onError = () => setGone(true);
  if (isGone) {
    return <p class="thumbnail gone">{t("mediaGone")}</p>;
  }
  switch (item.kind) {
    case "image": {
      const picture = <img src={address} alt={canPlay ? item.name : ""} loading="lazy" onError={onError} />;
      return canPlay ? (
        <a class="thumbnail" href={address} target="_blank" rel="noreferrer">
          {picture}
        </a>
      ) : (
        <span class="thumbnail">{picture}</span>
      );
    }
    case "video":
      return (
        <span class="thumbnail">
          <video
            src={address}
            controls={canPlay}
            preload="metadata"
            playsInline
            onError={onError}
            {...(canPlay ? { "aria-label": item.name } : { "aria-hidden": true, tabIndex: -1 })}
          />
        </span>
      );
    case "audio":
      return (
        <span class="thumbnail sound">
          <Icon name="microphone" />
          {canPlay && (
            // biome-ignore lint/a11y/useMediaCaption: the person's own file
            <audio src={address} controls preload="metadata" aria-label={item.name} onError={onError} />
          )}
        </span>
      );
    default:
      return item.kind satisfies never;
  }
}
