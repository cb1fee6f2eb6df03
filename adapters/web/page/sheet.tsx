import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { settleFocus } from "./focus.ts";
import { Icon } from "./icons.tsx";
import { t } from "./strings.ts";

/** A dialogue over the page; the browser keeps the focus inside and closes it on Escape. */
export function Sheet(props: {
  /** The only headline while it is open. */
  title: ComponentChildren;
  subtitle?: string;
  kind: "side" | "card" | "wide";
  onClose: () => void;
  children: ComponentChildren;
}) {
  const { title, subtitle, kind, onClose, children } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // Before the browser paints: when one dialogue follows another, no click reaches what lies under both.
  useLayoutEffect(() => {
    const opener = document.activeElement;
    dialog.current!.showModal();
    return () => settleFocus(opener);
  }, []);
  return (
    <dialog
      ref={dialog}
      class={`sheet ${kind}`}
      aria-labelledby={titleId}
      onClose={onClose}
      onClick={(event) => event.target === event.currentTarget && event.currentTarget.close()}
      onKeyDown={(event) => event.stopPropagation()}
    >
      <div class="sheet-body">
        <header class="sheet-header">
          <div>
            <h2 id={titleId}>{title}</h2>
            {subtitle !== undefined && <p class="muted">{subtitle}</p>}
          </div>
          <button type="button" class="quiet icon-only" aria-label={t("close")} onClick={() => dialog.current?.close()}>
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
