import { useEffect, useState } from "preact/hooks";
import type { GalleryItemView } from "../src/wire.ts";
import { refreshGallery, showJob } from "./actions.ts";
import { CopyButton } from "./copy-button.tsx";
import { askToDelete } from "./deleting.ts";
import { age, bytes, clockTime } from "./format.ts";
import { Icon } from "./icons.tsx";
import { MediaPlaces } from "./media-places.tsx";
import { MediaThumbnail } from "./media-thumbnail.tsx";
import { Choose, type Selection, SelectionBar, useSelection } from "./selection.tsx";
import { server } from "./server.ts";
import { Sheet } from "./sheet.tsx";
import { gallery, galleryLimit, now, view } from "./store.ts";
import { labelled, t } from "./strings.ts";
import { UploadButton } from "./upload-button.tsx";
import { UploadLink } from "./upload-link.tsx";

const kinds = ["image", "audio", "video"] as const;
/** How many more are shown per press. */
const step = 60;

/** The person's own media, to view, save and use again. */
export function Gallery() {
  const [isLinking, setLinking] = useState(false);
  const [kind, setKind] = useState<(typeof kinds)[number] | null>(null);
  useEffect(() => void refreshGallery(), []);
  const all = gallery.value;
  const shown = (all ?? []).filter((item) => kind === null || item.kind === kind);
  const selection = useSelection(shown.map(({ id }) => id));
  const close = () => {
    view.value = null;
  };
  return (
    <Sheet kind="wide" title={t("gallery")} subtitle={t("gallerySummary")} onClose={close}>
      <div class="gallery-top">
        <fieldset class="kinds">
          <legend class="visually-hidden">{t("kinds")}</legend>
          {[null, ...kinds].map((choice) => (
            <button
              key={choice}
              type="button"
              class="chip"
              aria-pressed={kind === choice}
              onClick={() => setKind(choice)}
            >
              {t(choice ?? "allKinds")}
            </button>
          ))}
        </fieldset>
        <div class="gallery-uploads">
          <UploadButton />
          <button type="button" class="plain small" aria-expanded={isLinking} onClick={() => setLinking(!isLinking)}>
            <Icon name="phone" />
            {t("otherDevice")}
          </button>
        </div>
      </div>
      <SelectionBar selection={selection} kind="file" count={shown.length} />
      {isLinking && <UploadLink onArrive={() => setLinking(false)} />}
      {all !== null && shown.length === 0 && (
        <p class="muted nothing">{t(all.length === 0 ? "galleryEmpty" : "galleryEmptyKind")}</p>
      )}
      <ul class="gallery">
        {shown.map((item) => (
          <GalleryCard key={item.id} item={item} selection={selection} onUse={close} />
        ))}
      </ul>
      {all !== null && all.length === galleryLimit.value && (
        <button
          type="button"
          class="quiet small"
          onClick={() => {
            galleryLimit.value += step;
            void refreshGallery();
          }}
        >
          {t("showMore")}
        </button>
      )}
    </Sheet>
  );
}

function GalleryCard(props: { item: GalleryItemView; selection: Selection; onUse: () => void }) {
  const { item, selection, onUse } = props;
  const [isChoosing, setChoosing] = useState(false);
  const { jobId } = item;
  const facts = [
    item.width === undefined ? null : `${item.width} × ${item.height}`,
    item.durationMs === undefined ? null : clockTime(item.durationMs),
    bytes(item.bytes),
  ];
  return (
    <li class="gallery-card">
      <Choose selection={selection} id={item.id} name={item.name} />
      <MediaThumbnail item={item} canPlay />
      <p class="gallery-name" title={item.name}>
        {item.about ?? item.name}
      </p>
      <p class="muted">{facts.filter((fact) => fact !== null).join(" · ")}</p>
      <p class="muted">
        {jobId === undefined ? (
          t("uploaded")
        ) : (
          <button type="button" class="link" onClick={() => void showJob(jobId)}>
            {t("made")}
          </button>
        )}{" "}
        · {age(item.createdAt, now.value)}
      </p>
      <div class="gallery-actions">
        <button
          type="button"
          class="plain small"
          aria-expanded={isChoosing}
          aria-label={labelled(t("useIn"), item.name)}
          onClick={() => setChoosing(!isChoosing)}
        >
          {t("useIn")}
        </button>
        <a
          class="icon-link"
          href={`${server.mediaAddress(item.id)}?download`}
          download={item.name}
          aria-label={labelled(t("download"), item.name)}
          title={t("download")}
        >
          <Icon name="download" />
        </a>
        <CopyButton label={labelled(t("copyId"), item.name)} value={item.id} />
        <button
          type="button"
          class="quiet icon-only"
          title={t("delete")}
          aria-label={labelled(t("delete"), item.name)}
          onClick={() => void askToDelete([{ kind: "file", id: item.id }])}
        >
          <Icon name="bin" />
        </button>
      </div>
      {isChoosing && (
        <div class="gallery-places">
          <MediaPlaces medium={item} onUse={onUse} />
        </div>
      )}
    </li>
  );
}
