import { useRef, useState } from "preact/hooks";
import { messageOf, refreshGallery } from "./actions.ts";
import { percent } from "./format.ts";
import { Icon } from "./icons.tsx";
import { server } from "./server.ts";
import { labelled, t } from "./strings.ts";

/** Adds files from this device to the person's media, one after another. */
export function UploadButton() {
  const [progress, setProgress] = useState<number | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const file = useRef<HTMLInputElement>(null);
  const upload = async (files: File[]) => {
    setTrouble(null);
    for (const [index, chosen] of files.entries()) {
      try {
        await server.upload(chosen, (fraction) => setProgress((index + fraction) / files.length));
      } catch (error) {
        setTrouble(labelled(chosen.name, messageOf(error).title));
      }
    }
    setProgress(null);
    await refreshGallery();
  };
  return (
    <>
      {trouble !== null && (
        <p class="problem" role="alert">
          {trouble}
        </p>
      )}
      <input
        ref={file}
        type="file"
        multiple
        class="visually-hidden"
        tabIndex={-1}
        aria-hidden="true"
        accept="image/*,audio/*,video/*"
        onChange={({ currentTarget }) => {
          void upload([...(currentTarget.files ?? [])]);
          currentTarget.value = "";
        }}
      />
      <button type="button" class="plain small" disabled={progress !== null} onClick={() => file.current?.click()}>
        <Icon name="attach" />
        {progress === null ? t("uploadFiles") : t("uploading", { percent: percent(progress) })}
      </button>
    </>
  );
}
