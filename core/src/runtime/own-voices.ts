import { say } from "../messages/sentence.ts";
import { lineOfVoice } from "../tools/list-voices.ts";
import { shareVoice } from "../tools/share-voice.ts";
import type { ToolContext } from "../tools/tool.ts";
import { voiceUses } from "../tools/voice-uses.ts";
import { enteredAs } from "../voices/voice-book.ts";
import type { OwnVoice } from "./runtime.ts";

/** The caller's own voices, each with what can be done with it. */
export async function ownVoices({ caller, voices, tools }: ToolContext): Promise<OwnVoice[]> {
  const { locale } = caller;
  const usable = await voices.usableBy(caller);
  const all = [...usable, ...voices.presets()];
  return usable
    .filter(({ owner }) => owner === caller.id)
    .map((voice) => {
      const { id, name } = voice;
      const uses = voiceUses(tools, { voice: enteredAs(voice, all), subject: id, style: "plain" }, locale);
      const canShare = tools.some((tool) => tool.name === shareVoice.name);
      const share = {
        ...{ action: "share", subject: id, label: say({ key: "share.action" }, locale), style: "plain" as const },
        ...{ form: { command: shareVoice.command, input: { voice: name } }, atOnce: true },
      };
      const message = {
        ...{ tone: "info" as const, title: name, lines: [say(lineOfVoice(voice, caller), locale)], private: true },
        actions: [...uses, ...(canShare ? [share] : [])],
      };
      return { id, name, message };
    });
}
