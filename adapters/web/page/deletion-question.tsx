import { useState } from "preact/hooks";
import { deleteAsked } from "./deleting.ts";
import { MessageView } from "./message-view.tsx";
import { Sheet } from "./sheet.tsx";
import { deletion } from "./store.ts";
import { t } from "./strings.ts";

/** What is asked before anything is deleted. */
export function DeletionQuestion() {
  const [isBusy, setBusy] = useState(false);
  const asked = deletion.value;
  if (asked === null) {
    return null;
  }
  const close = () => {
    deletion.value = null;
  };
  const confirm = async () => {
    if (!isBusy) {
      setBusy(true);
      await deleteAsked();
      setBusy(false);
    }
  };
  return (
    <Sheet kind="card" title={asked.message.title} onClose={close}>
      <div class="message question deletion">
        <MessageView message={asked.message} isTitled={false} />
        <div class="actions">
          <button type="button" class="danger" aria-disabled={isBusy} onClick={() => void confirm()}>
            {t("deleteForGood")}
          </button>
          <button type="button" class="plain" onClick={close}>
            {t("keep")}
          </button>
        </div>
      </div>
    </Sheet>
  );
}
