import { bytes, percent } from "./format.ts";
import { Icon } from "./icons.tsx";
import { MediaPlaces } from "./media-places.tsx";
import { looseFile } from "./store.ts";
import { t } from "./strings.ts";

/** Asks which input of which tool should get a file that came without a form. */
export function LooseFile() {
  const file = looseFile.value;
  if (file === null) {
    return null;
  }
  return (
    <div class="loose-file">
      <Icon name="file" />
      {"progress" in file ? (
        <span>
          {file.name} · {t("uploading", { percent: percent(file.progress) })}
        </span>
      ) : (
        <>
          <span>{t("useFileIn", { name: file.name, size: bytes(file.bytes) })}</span>
          <MediaPlaces
            medium={file}
            onUse={() => {
              looseFile.value = null;
            }}
          />
        </>
      )}
      <button
        type="button"
        class="quiet icon-only tiny"
        aria-label={t("removeFile")}
        onClick={() => {
          looseFile.value = null;
        }}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}
