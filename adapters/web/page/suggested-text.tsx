import { useEffect, useRef, useState } from "preact/hooks";
import type { ControlProps } from "./field-props.ts";
import { Icon } from "./icons.tsx";
import { server } from "./server.ts";
import { t } from "./strings.ts";

const completeDelayMs = 150;

/**
 * Text with suggestions from the tool, requested as people type. They open on a press, an arrow key or a letter, not
 * when the focus merely passes. Any other text may be typed, too.
 */
export function SuggestedText({ command, field, value, onChange, shared }: ControlProps) {
  const [suggestions, setSuggestions] = useState<{ value: string; label: string }[]>([]);
  const [isOpen, setOpen] = useState(false);
  const [selected, setSelected] = useState(-1);
  const list = useRef<HTMLDivElement>(null);
  const partial = value === undefined ? "" : String(value);
  const listId = `${shared.id}-suggestions`;
  const isShown = isOpen && suggestions.length > 0;

  useEffect(() => {
    if (!isOpen) {
      return undefined;
    }
    let isCurrent = true;
    const timer = setTimeout(async () => {
      const answer = await server.complete(command, field.name, partial).catch(() => ({ suggestions: [] }));
      if (isCurrent) {
        setSuggestions(answer.suggestions);
        setSelected(-1);
      }
    }, completeDelayMs);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [command, field.name, partial, isOpen]);
  useEffect(() => {
    const item = selected < 0 ? list.current : list.current?.children[selected];
    item?.scrollIntoView({ block: "nearest" });
  }, [isShown, selected]);

  const choose = (index: number) => {
    onChange(suggestions[index]?.value);
    setOpen(false);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) {
      return;
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const count = suggestions.length;
      if (!isOpen || count === 0) {
        setOpen(true);
      } else {
        setSelected(event.key === "ArrowDown" ? (selected + 1) % count : (Math.max(selected, 0) + count - 1) % count);
      }
    } else if (event.key === "Enter" && isShown && selected >= 0) {
      event.preventDefault();
      choose(selected);
    } else if (event.key === "Escape" && isShown) {
      // Closes the suggestions, not the whole form.
      event.preventDefault();
      event.stopPropagation();
      setOpen(false);
    }
  };

  return (
    <div class="suggested">
      <input
        {...shared}
        type="text"
        role="combobox"
        aria-expanded={isShown}
        aria-autocomplete="list"
        aria-controls={listId}
        {...(isShown && selected >= 0 ? { "aria-activedescendant": `${listId}-${selected}` } : {})}
        autoComplete="off"
        value={partial}
        onClick={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onInput={({ currentTarget }) => {
          onChange(currentTarget.value);
          setOpen(true);
        }}
        onKeyDown={onKeyDown}
      />
      <Icon name="chevron" />
      <div ref={list} id={listId} class="suggestions" role="listbox" aria-label={field.title} hidden={!isShown}>
        {suggestions.map((suggestion, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard works in the input, which keeps the focus
          <div
            key={suggestion.value}
            id={`${listId}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === selected}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => choose(index)}
          >
            {suggestion.label}
          </div>
        ))}
      </div>
      <span class="visually-hidden" aria-live="polite">
        {isShown ? t("suggestionCount", { count: suggestions.length }) : ""}
      </span>
    </div>
  );
}
