import type { ToolDescription } from "@toolcast/core/surface";
import { useEffect } from "preact/hooks";
import { state } from "./store.ts";
import { t } from "./strings.ts";
import { WholeWords } from "./whole-words-text.tsx";

/** What can be chosen above the text that is being typed. */
export interface PaletteItem {
  key: string;
  /** As it would be typed. */
  name: string;
  title: string;
  summary?: string;
}

/**
 * The commands that match the text after a slash, while that is one word. The one that is typed in full comes first,
 * whatever longer ones begin with it: Enter sends it.
 */
export function paletteFor(text: string): ToolDescription[] {
  const word = /^\s*[/／](\S*)$/.exec(text)?.[1]?.toLowerCase();
  if (word === undefined) {
    return [];
  }
  const tools = state.value?.tools ?? [];
  const whole = tools.filter(({ command }) => command === word);
  const starting = tools.filter((tool) => !whole.includes(tool) && tool.command.startsWith(word));
  const containing = tools.filter(
    (tool) =>
      ![...whole, ...starting].includes(tool) &&
      `${tool.command} ${tool.name} ${tool.title}`.toLowerCase().includes(word),
  );
  return [...whole, ...starting, ...containing];
}

/** `selected`: none below 0. */
export function Palette(props: {
  label: string;
  items: readonly PaletteItem[];
  selected: number;
  onChoose: (index: number) => void;
}) {
  const { label, items, selected, onChoose } = props;
  useEffect(() => {
    document.getElementById(`palette-${selected}`)?.scrollIntoView({ block: "nearest" });
  }, [selected]);
  if (items.length === 0) {
    return null;
  }
  return (
    <>
      <div id="palette" class="palette" role="listbox" aria-label={label} tabIndex={-1}>
        {items.map(({ key, name, title, summary }, index) => (
          <div
            key={key}
            id={`palette-${index}`}
            class="palette-item"
            role="option"
            tabIndex={-1}
            aria-selected={index === selected}
            // Acts before the text loses the focus.
            onMouseDown={(event) => {
              event.preventDefault();
              onChoose(index);
            }}
          >
            <span class="command">{name}</span>
            <span class="palette-text">
              {title !== name && <WholeWords text={title} />}{" "}
              {summary !== undefined && (
                <span class="muted">
                  <WholeWords text={summary} />
                </span>
              )}
            </span>
          </div>
        ))}
      </div>
      {selected < 0 && (
        <span class="visually-hidden" role="status">
          {t("suggestionCount", { count: items.length })}
        </span>
      )}
    </>
  );
}
