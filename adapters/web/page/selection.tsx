import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { DeletableItem } from "../src/wire.ts";
import { askToDelete } from "./deleting.ts";
import { amount } from "./format.ts";
import { labelled, t } from "./strings.ts";

/** Several things of one kind that are chosen to be deleted. */
export interface Selection {
  /** Whether things are being chosen. */
  isOpen: boolean;
  /** Those chosen and still there. */
  chosen: readonly string[];
  has(id: string): boolean;
  toggle(id: string): void;
  chooseAll(): void;
  open(): void;
  close(): void;
}

/** `ids`: what can be chosen now, in the order it is shown. */
export function useSelection(ids: readonly string[]): Selection {
  const [chosen, setChosen] = useState<ReadonlySet<string> | null>(null);
  return {
    isOpen: chosen !== null,
    chosen: ids.filter((id) => chosen?.has(id)),
    has: (id) => chosen?.has(id) === true,
    toggle(id) {
      const next = new Set(chosen);
      if (!next.delete(id)) {
        next.add(id);
      }
      setChosen(next);
    },
    chooseAll: () => setChosen(new Set(ids)),
    open: () => setChosen(new Set()),
    close: () => setChosen(null),
  };
}

/** Begins to choose, or what can be done with those chosen. `children`: what else can be done with them. */
export function SelectionBar(props: {
  selection: Selection;
  kind: DeletableItem["kind"];
  /** How many can be chosen. */
  count: number;
  deleteLabel?: string;
  children?: ComponentChildren;
}) {
  const { selection, kind, count, deleteLabel = t("deleteChosen"), children } = props;
  const { isOpen, chosen } = selection;
  if (!isOpen) {
    return count === 0 ? null : (
      <button type="button" class="quiet small select" onClick={selection.open}>
        {t("select")}
      </button>
    );
  }
  return (
    <div class="selection">
      <span role="status">{t("selected", { count: amount(chosen.length) })}</span>
      <button type="button" class="quiet small" onClick={selection.chooseAll}>
        {t("selectAll")}
      </button>
      {children}
      <button
        type="button"
        class="danger small"
        aria-disabled={chosen.length === 0}
        onClick={() => {
          if (chosen.length > 0) {
            void askToDelete(chosen.map((id) => ({ kind, id })));
          }
        }}
      >
        {deleteLabel}
      </button>
      <button type="button" class="plain small" onClick={selection.close}>
        {t("done")}
      </button>
    </div>
  );
}

/** The box that chooses one thing; nothing while none is being chosen. */
export function Choose({ selection, id, name }: { selection: Selection; id: string; name: string }) {
  return selection.isOpen ? (
    <input
      type="checkbox"
      class="choose"
      aria-label={labelled(t("select"), name)}
      checked={selection.has(id)}
      onChange={() => selection.toggle(id)}
    />
  ) : null;
}
