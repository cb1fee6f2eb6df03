import { Icon } from "./icons.tsx";
import { form, isDragging } from "./store.ts";
import { t } from "./strings.ts";

/** Shown while a file is dragged over the page: that it can be dropped, and what becomes of it. */
export function DropHint() {
  return isDragging.value && form.value === null ? (
    <div class="drop-hint" role="status">
      <p>
        <Icon name="attach" />
        {t("dropHere")}
      </p>
    </div>
  ) : null;
}
