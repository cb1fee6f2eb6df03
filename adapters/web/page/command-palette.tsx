import type { ToolDescription } from "@toolcast/core/surface";
import { useEffect } from "preact/hooks";
import { state } from "./store.ts";
import { t } from "./strings.ts";

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

export function CommandPalette(props: {
  tools: ToolDescription[];
  selected: number;
  onChoose: (command: string) => void;
}) {
  const { tools, selected, onChoose } = props;
  useEffect(() => {
    document.getElementById(`palette-${selected}`)?.scrollIntoView({ block: "nearest" });
  }, [selected]);
  if (tools.length === 0) {
    return null;
  }
  return (
    <div id="palette" class="palette" role="listbox" aria-label={t("commands")} tabIndex={-1}>
      {tools.map((tool, index) => (
        <div
          key={tool.name}
          id={`palette-${index}`}
          class="palette-item"
          role="option"
          tabIndex={-1}
          aria-selected={index === selected}
          // Acts before the text loses the focus.
          onMouseDown={(event) => {
            event.preventDefault();
            onChoose(tool.command);
          }}
        >
          <span class="command">/{tool.command}</span>
          <span class="palette-text">
            {tool.title} <span class="muted">{tool.summary}</span>
          </span>
        </div>
      ))}
    </div>
  );
}
