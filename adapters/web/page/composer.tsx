import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { openAsForm, say, takeFile } from "./actions.ts";
import { Palette, type PaletteItem, paletteFor } from "./command-palette.tsx";
import { Icon } from "./icons.tsx";
import { LooseFile } from "./loose-file.tsx";
import { toolNamed } from "./store.ts";
import { labelled, t } from "./strings.ts";
import { draft, typedBefore } from "./typed.ts";
import { typedValue, useValueSuggestions, withValue } from "./value-suggestions.ts";

/** Where a person types. Enter sends, Shift+Enter starts a new line, and a slash offers the commands. */
export function Composer() {
  const text = draft.value;
  /** How many lines back of those typed before the person is; 0: at what they are typing. */
  const [back, setBack] = useState(0);
  /** Null until the person moves: then the first command, but no value, because Enter sends the line as it is. */
  const [selected, setSelected] = useState<number | null>(null);
  const [isDismissed, setDismissed] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  const file = useRef<HTMLInputElement>(null);
  const commands = paletteFor(text);
  const command = /^\s*[/／](\S+)\s/.exec(text)?.[1]?.toLowerCase();
  const tool = command === undefined ? undefined : toolNamed(command);
  const typed = typedValue(text, tool);
  const values = useValueSuggestions(tool, typed);
  const items: PaletteItem[] = [
    ...commands.map(({ name, command: word, title, summary }) => ({ key: name, name: `/${word}`, title, summary })),
    ...values.map(({ value, label }) => ({ key: value, name: value, title: label })),
  ];
  const palette = isDismissed ? [] : items;
  const current = Math.min(selected ?? (typed === null ? 0 : -1), palette.length - 1);

  useLayoutEffect(() => {
    const element = area.current!;
    element.style.height = "auto";
    element.style.height = `${element.scrollHeight + 2}px`;
  }, [text]);

  /** A command typed in full need not be chosen: Enter sends it. */
  const isWhole = palette[current]?.name === text.trim().replace("／", "/").toLowerCase();
  const change = (value: string) => {
    draft.value = value;
    setBack(0);
    setSelected(null);
    setDismissed(false);
  };
  const send = () => {
    if (text.trim() !== "") {
      say(text.trim());
      change("");
    }
  };
  const choose = (index: number) => {
    const { name } = palette[index]!;
    change(typed === null ? `${name} ` : withValue(text, typed, name));
    area.current?.focus();
  };
  /** Shows an earlier line, or a later one; the one being typed is empty. */
  const browse = (to: number) => {
    const lines = typedBefore();
    const wanted = Math.min(to, lines.length);
    draft.value = wanted === 0 ? "" : lines[lines.length - wanted]!;
    setBack(wanted);
    // A command among them is not being typed.
    setDismissed(true);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // Enter during composition confirms the input method's characters.
    if (event.isComposing || event.keyCode === 229) {
      return;
    }
    const isOpen = palette.length > 0;
    if (isOpen && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const count = palette.length;
      setSelected(event.key === "ArrowDown" ? (current + 1) % count : (Math.max(current, 0) + count - 1) % count);
    } else if (event.key === "ArrowUp" && (text === "" || back > 0)) {
      event.preventDefault();
      browse(back + 1);
    } else if (event.key === "ArrowDown" && back > 0) {
      event.preventDefault();
      browse(back - 1);
    } else if (isOpen && event.key === "Escape") {
      setDismissed(true);
    } else if (isOpen && event.key === "Tab") {
      event.preventDefault();
      choose(Math.max(current, 0));
    } else if (current >= 0 && event.key === "Enter" && !event.shiftKey && !isWhole) {
      event.preventDefault();
      choose(current);
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      send();
    }
  };

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Palette
        label={typed === null ? t("commands") : typed.field.title}
        items={palette}
        selected={current}
        onChoose={choose}
      />
      <LooseFile />
      {tool !== undefined && (
        <div class="hint">
          <span class="hint-title">{tool.title}</span>
          {tool.fields.map(({ name, title, summary }) => (
            <button
              key={name}
              type="button"
              class="chip"
              title={labelled(title, summary)}
              onClick={() => {
                change(`${text.trimEnd()} --${name.replaceAll("_", "-")} `);
                area.current?.focus();
              }}
            >
              --{name.replaceAll("_", "-")}
            </button>
          ))}
          <button
            type="button"
            class="quiet small"
            onClick={async () => {
              if (await openAsForm(text, tool)) {
                change("");
              }
            }}
          >
            <Icon name="form" />
            {t("openForm")}
          </button>
        </div>
      )}
      <div class="composer-row">
        <input
          ref={file}
          type="file"
          class="visually-hidden"
          tabIndex={-1}
          aria-hidden="true"
          accept="image/*,audio/*,video/*"
          onChange={({ currentTarget }) => {
            const [chosen] = currentTarget.files ?? [];
            if (chosen !== undefined) {
              void takeFile(chosen);
            }
            currentTarget.value = "";
          }}
        />
        <button
          type="button"
          class="quiet icon-only"
          aria-label={t("attach")}
          title={t("attach")}
          onClick={() => file.current?.click()}
        >
          <Icon name="attach" />
        </button>
        <textarea
          ref={area}
          rows={1}
          value={text}
          placeholder={t("composerPlaceholder")}
          aria-label={t("composerLabel")}
          aria-autocomplete="list"
          {...(palette.length === 0
            ? {}
            : {
                "aria-controls": "palette",
                ...(current < 0 ? {} : { "aria-activedescendant": `palette-${current}` }),
              })}
          spellcheck={false}
          onInput={({ currentTarget }) => change(currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <button
          type="submit"
          class="primary icon-only"
          aria-label={t("send")}
          title={t("send")}
          disabled={text.trim() === ""}
        >
          <Icon name="send" />
        </button>
      </div>
    </form>
  );
}
