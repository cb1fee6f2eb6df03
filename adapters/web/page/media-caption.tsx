import type { MessageMedia } from "@toolcast/core";
import { useState } from "preact/hooks";
import { bytes, clockTime, instant } from "./format.ts";
import { Icon } from "./icons.tsx";
import { MediaPlaces } from "./media-places.tsx";
import { server } from "./server.ts";
import { labelled, t } from "./strings.ts";

/**
 * The facts of a medium, a way to save it, and the tools that could take it. `canUse`: no button of the message offers
 * those tools.
 */
export function MediaCaption({ media, canUse }: { media: MessageMedia; canUse: boolean }) {
  const [isChoosing, setChoosing] = useState(false);
  const { assetId, width, height, durationMs, link } = media;
  const facts = [
    width === undefined ? null : `${width} × ${height}`,
    durationMs === undefined ? null : clockTime(durationMs),
    bytes(media.bytes),
  ];
  return (
    <figcaption>
      <span class="muted">{facts.filter((fact) => fact !== null).join(" · ")}</span>
      <span class="media-tools">
        {canUse && (
          <button
            type="button"
            class="link"
            aria-expanded={isChoosing}
            aria-label={labelled(t("useIn"), media.name)}
            onClick={() => setChoosing(!isChoosing)}
          >
            {t("useIn")}
          </button>
        )}
        <a
          class="download"
          href={`${server.mediaAddress(assetId)}?download`}
          download={media.name}
          aria-label={labelled(t("download"), media.name)}
        >
          <Icon name="download" />
          {t("download")}
        </a>
      </span>
      {link !== undefined && (
        <a class="original" href={link.url} target="_blank" rel="noreferrer">
          {t("originalLink", { until: instant(link.expiresAt) })}
        </a>
      )}
      {isChoosing && (
        <div class="gallery-places">
          <MediaPlaces medium={{ ...media, id: assetId }} onUse={() => setChoosing(false)} />
        </div>
      )}
    </figcaption>
  );
}
