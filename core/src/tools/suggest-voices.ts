import { say } from "../messages/sentence.ts";
import { enteredAs, kindOfVoice, ownerName, type Voice } from "../voices/voice-book.ts";
import type { Suggestion, ToolContext } from "./tool.ts";

/**
 * The voices the caller may use that contain what was typed: by name, the vendors' own also by character and language.
 * `ownOnly`: only those the caller made.
 */
export async function suggestVoices(
  partial: string,
  { voices, caller }: Pick<ToolContext, "voices" | "caller">,
  ownOnly = false,
): Promise<Suggestion[]> {
  const wanted = partial.trim().toLowerCase();
  const usable = await voices.usableBy(caller);
  const all = [...usable, ...voices.presets()];
  const offered = ownOnly ? usable.filter(({ owner }) => owner === caller.id) : all;
  const about = ({ preset, ...voice }: Voice) =>
    preset === undefined
      ? [kindOfVoice(voice), ...(voice.owner === caller.id ? [] : [ownerName(voice, caller)])].join(
          caller.locale === "zh-CN" ? "，" : ", ",
        )
      : [preset.character[caller.locale], preset.languages[caller.locale]].join(
          caller.locale === "zh-CN" ? "；" : "; ",
        );
  const isMeant = ({ name, preset }: Voice) =>
    [
      name,
      ...(preset ? [preset.alias, ...Object.values(preset.character), ...Object.values(preset.languages)] : []),
    ].some((text) => text?.toLowerCase().includes(wanted));
  return offered.filter(isMeant).map((voice) => ({
    value: enteredAs(voice, all),
    label: say({ key: "voices.preset", values: { name: voice.name, character: about(voice) } }, caller.locale),
  }));
}
