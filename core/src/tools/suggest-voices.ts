import { enteredAs, kindOfVoice, ownerName } from "../voices/voice-book.ts";
import type { Suggestion, ToolContext } from "./tool.ts";

/** The voices the caller may use whose name contains what was typed. */
export async function suggestVoices(partial: string, { voices, caller }: ToolContext): Promise<Suggestion[]> {
  const wanted = partial.trim().toLowerCase();
  const usable = await voices.usableBy(caller.id);
  return usable
    .filter(({ name }) => name.toLowerCase().includes(wanted))
    .map((voice) => ({
      value: enteredAs(voice, usable),
      label: `${voice.name} (${[kindOfVoice(voice), ...(voice.owner === caller.id ? [] : [ownerName(voice, caller)])].join(", ")})`,
    }));
}
