import type { LocalizedText } from "../ground/locale.ts";
import type { Voice } from "../voices/voice-book.ts";
import type { Fields } from "./field.ts";
import type { Tool } from "./tool.ts";

/**
 * The tools as this installation offers them: with `presets`, a voice that defaults to one may be left out, and says
 * which one is used then; without any, it has to be given.
 */
export function withOptionalVoices(tools: readonly Tool[], [first]: readonly Voice[]): readonly Tool[] {
  return first === undefined ? tools : tools.map((tool) => ({ ...tool, input: relaxed(tool.input, first) }));
}

function relaxed(input: Fields, first: Voice): Fields {
  const fields = Object.entries(input);
  const summary = summaryOf(first);
  return fields.some(([, { presetByDefault }]) => presetByDefault)
    ? Object.fromEntries(
        fields.map(([name, field]) => [name, field.presetByDefault ? { ...field, summary, optional: true } : field]),
      )
    : input;
}

function summaryOf({ name, preset }: Voice): LocalizedText {
  const { en = "", "zh-CN": zh = "" } = preset?.character ?? {};
  return {
    en: `A voice by name. Default: your only own one, otherwise ${name} (${en}).`,
    "zh-CN": `音色名称。默认您唯一的音色，否则为 ${name}（${zh}）。`,
  };
}
