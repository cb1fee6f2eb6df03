import { say } from "../messages/sentence.ts";
import { enteredAs, kindOfVoice, ownerName } from "../voices/voice-book.ts";
import { defineTool } from "./tool.ts";
import { voiceUses } from "./voice-uses.ts";

/** The most buttons; more would crowd out the message. */
const mostUses = 5;

/** Lists the voices the caller may use. */
export const listVoices = defineTool({
  name: "list_voices",
  command: "voices",
  effect: "reads",
  title: { en: "Your voices", "zh-CN": "我的音色" },
  summary: { en: "Lists the cloned voices you may use.", "zh-CN": "列出您可使用的克隆音色。" },
  private: true,
  input: {},
  async answer(_input, { caller, voices, tools }) {
    const { locale } = caller;
    const usable = await voices.usableBy(caller.id);
    return {
      message: {
        tone: "info",
        title: say(
          usable.length === 0 ? { key: "voices.none" } : { key: "voices.title", values: { count: usable.length } },
          locale,
        ),
        fields: usable.map((voice) => ({
          label: voice.name,
          value: say(
            {
              key: voice.shared ? "voices.line-shared" : "voices.line",
              values: { tier: kindOfVoice(voice), trainings: voice.consents.length, owner: ownerName(voice, caller) },
            },
            locale,
          ),
        })),
        actions: tools
          .flatMap((tool) =>
            usable.flatMap((voice) => {
              const { id: subject, name } = voice;
              return voiceUses([tool], { voice: enteredAs(voice, usable), subject, style: "plain", name }, locale);
            }),
          )
          .slice(0, mostUses),
      },
      data: {
        voices: usable.map((voice) => ({
          id: voice.id,
          name: voice.name,
          provider: voice.provider,
          tier: voice.tier ?? null,
          model: voice.model ?? null,
          trainings: voice.consents.length,
          owner: voice.owner,
          shared: voice.shared,
          createdAt: new Date(voice.createdAt).toISOString(),
        })),
      },
    };
  },
});
