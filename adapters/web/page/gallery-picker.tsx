import type { MediaLimits } from "@toolcast/core/surface";
import { useEffect } from "preact/hooks";
import type { GalleryItemView } from "../src/wire.ts";
import { refreshGallery } from "./actions.ts";
import { couldFit } from "./fitting.ts";
import { age } from "./format.ts";
import { MediaThumbnail } from "./media-thumbnail.tsx";
import { gallery, now } from "./store.ts";
import { t } from "./strings.ts";

/** The person's media that an input could take, to choose one from. */
export function GalleryPicker(props: { limits: MediaLimits | undefined; onChoose: (item: GalleryItemView) => void }) {
  useEffect(() => void refreshGallery(), []);
  if (gallery.value === null) {
    return null;
  }
  const fitting = gallery.value.filter((item) => couldFit(props.limits, item));
  if (fitting.length === 0) {
    return <p class="muted">{t("noneFits")}</p>;
  }
  return (
    <ul class="picker" aria-label={t("chooseFromGallery")}>
      {fitting.map((item) => (
        <li key={item.id}>
          <button type="button" onClick={() => props.onChoose(item)}>
            <MediaThumbnail item={item} />
            <span class="gallery-name">{item.about ?? item.name}</span>
            <span class="muted">{age(item.createdAt, now.value)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
