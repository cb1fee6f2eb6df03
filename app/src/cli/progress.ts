import { type Locale, type Message, systemClock } from "@toolcast/core";
import type { Clock } from "@toolcast/core/engine";
import stringWidth from "string-width";
import { fitColumns } from "./fit-columns.ts";
import type { Output } from "./output.ts";
import { plainText } from "./plain-text.ts";

/** Shows a job's progress. */
export interface ProgressView {
  show(message: Message): void;
  /** Removes the bar. */
  clear(): void;
}

const barColumns = 24;
const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const frameMs = 120;

/** A bar that is redrawn in place on a terminal; elsewhere one line for each new state. */
export function createProgressView(output: Output, clock: Clock = systemClock): ProgressView {
  const { terminal } = output;
  if (terminal === null) {
    const said = new Set<string>();
    return {
      show(message) {
        // A text that still grows would be said again with every piece; it follows whole, as the result.
        const lines = message.growing ? message.lines?.slice(0, -1) : message.lines;
        for (const text of [firstLine(message.title), ...(lines ?? []).map((line) => `  ${firstLine(line)}`)]) {
          if (!said.has(text)) {
            said.add(text);
            output.note(text);
          }
        }
      },
      clear() {},
    };
  }
  let frame = 0;
  let current: Message | null = null;
  let cancel = () => {};
  const draw = () => {
    if (current !== null) {
      terminal.write(`\r\u001b[2K${barLine(current, frame, terminal.columns || 80, output.locale)}`);
    }
  };
  const tick = () => {
    cancel = clock.setTimer(frameMs, () => {
      frame += 1;
      draw();
      tick();
    });
  };
  return {
    show(message) {
      if (current === null) {
        tick();
      }
      current = message;
      draw();
    },
    clear() {
      cancel();
      if (current !== null) {
        current = null;
        terminal.write("\r\u001b[2K");
      }
    },
  };
}

/** The mark of an estimate, and the word by which a label that is marked already is recognized. */
const estimateMarks: Record<Locale, { mark: string; word: string }> = {
  en: { mark: "(estimated) ", word: "(estimate)" },
  "zh-CN": { mark: "（估计） ", word: "（估计值）" },
};

/** One line that never wraps. An estimated fraction is marked as one, once, and unfinished work is never at 100 %. */
export function barLine(message: Message, frame: number, columns: number, locale: Locale): string {
  const { progress } = message;
  if (message.growing) {
    const arrived = plainText(message.lines?.at(-1) ?? "").replaceAll(/\s+/g, " ");
    return `${frames[frame % frames.length]} ${lastColumns(arrived, columns - 3)}`;
  }
  // The reason why a job waits is more useful than the fact that it does.
  const label = firstLine(progress?.label || [message.title, ...(message.lines ?? [])].join(" "));
  const spinner = frames[frame % frames.length];
  if (progress?.fraction === undefined) {
    return fitColumns(`${spinner} ${label}`, columns - 1);
  }
  const fraction = Math.min(0.99, Math.max(0, progress.fraction));
  const filled = Math.round(fraction * barColumns);
  const bar = `${"█".repeat(filled)}${"░".repeat(barColumns - filled)}`;
  const percent = `${String(Math.floor(fraction * 100)).padStart(3)} %`;
  const bare = `${spinner} ${bar} ${percent} `;
  const whole = fitColumns(label, Math.max(0, columns - 1 - stringWidth(bare)));
  const { mark, word } = estimateMarks[locale];
  if (!progress.estimated || whole.includes(word)) {
    return `${bare}${whole}`;
  }
  const head = `${bare}${mark}`;
  return `${head}${fitColumns(label, Math.max(0, columns - 1 - stringWidth(head)))}`;
}

/** As much of the end of a text as fits into one line. */
function lastColumns(text: string, columns: number): string {
  const characters = [...text];
  let from = characters.length;
  for (let left = columns - 1; from > 0; from -= 1) {
    left -= stringWidth(characters[from - 1] ?? "");
    if (left < 0) {
      break;
    }
  }
  return `${from > 0 ? "…" : ""}${characters.slice(from).join("")}`;
}

function firstLine(text: string): string {
  return plainText(text).split("\n")[0] ?? "";
}
