import type { MessageMedia } from "@toolcast/core";
import { useState } from "preact/hooks";
import { MediaCaption } from "./media-caption.tsx";
import { server } from "./server.ts";
import { t } from "./strings.ts";

/** A picture, a recording or a video, with its actions. */
export function MediaView({ media, canUse }: { media: MessageMedia; canUse: boolean }) {
  const [isGone, setGone] = useState(false);
  return (
    <figure class={`media ${media.kind}`}>
      {isGone ? <p class="gone">{t("mediaGone")}</p> : <Shown media={media} onError={() => setGone(true)} />}
      {!isGone && <MediaCaption media={media} canUse={canUse} />}
    </figure>
  );
}

function Shown({ media, onError }: { media: MessageMedia; onError: () => void }) {
  const address = server.mediaAddress(media.assetId);
  const size = media.width === undefined ? {} : { width: media.width, height: media.height };
  switch (media.kind) {
    case "image":
      return (
        <a href={address} target="_blank" rel="noreferrer">
          <img src={address} alt={media.alternative} {...size} onError={onError} />
        </a>
      );
    case "video":
      return (
        <video
          src={address}
          aria-label={media.alternative}
          controls
          preload="metadata"
          playsInline
          {...size}
          onError={onError}
        />
      );
    case "audio":
      return (
        // biome-ignore lint/a11y/useMediaCaption: what is said in it is in the request beside it
        <audio src={address} aria-label={media.alternative} controls preload="metadata" onError={onError} />
      );
    default:
      return media.kind satisfies never;
  }
}
