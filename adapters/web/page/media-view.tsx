import type { MessageMedia } from "@toolcast/core";
import { useState } from "preact/hooks";
import { bytes, clockTime } from "./format.ts";
import { Icon } from "./icons.tsx";
import { server } from "./server.ts";
import { t } from "./strings.ts";

/** A picture, a recording or a video, with its facts and a way to save it. */
export function MediaView({ media }: { media: MessageMedia }) {
  const [isGone, setGone] = useState(false);
  const address = server.mediaAddress(media.assetId);
  const size = media.width === undefined ? {} : { width: media.width, height: media.height };
  const onError = () => setGone(true);
  return (
    <figure class={`media ${media.kind}`}>
      {isGone ? (
        <p class="gone">{t("mediaGone")}</p>
      ) : media.kind === "image" ? (
        <a href={address} target="_blank" rel="noreferrer">
          <img src={address} alt={media.alternative} {...size} onError={onError} />
        </a>
      ) : media.kind === "video" ? (
        <video
          src={address}
          aria-label={media.alternative}
          controls
          preload="metadata"
          playsInline
          {...size}
          onError={onError}
        />
      ) : (
        // biome-ignore lint/a11y/useMediaCaption: what is said in it is in the request beside it
        <audio src={address} aria-label={media.alternative} controls preload="metadata" onError={onError} />
      )}
      <figcaption>
        <span class="muted">
          {[
            media.width === undefined ? null : `${media.width} × ${media.height}`,
            media.durationMs === undefined ? null : clockTime(media.durationMs),
            bytes(media.bytes),
          ]
            .filter((fact) => fact !== null)
            .join(" · ")}
        </span>
        <a
          class="download"
          href={`${address}?download`}
          download={media.name}
          aria-label={`${t("download")}: ${media.name}`}
        >
          <Icon name="download" />
          {t("download")}
        </a>
      </figcaption>
    </figure>
  );
}
