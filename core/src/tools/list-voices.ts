import type { Locale } from "../ground/locale.ts";
import { listed } from "../messages/listed.ts";
import { type Sentence, say } from "../messages/sentence.ts";
import type { Caller } from "../people/caller.ts";
import { grantees } from "../voices/grantees.ts";
import { enteredAs, kindOfVoice, ownerName, type Voice } from "../voices/voice-book.ts";
import { defineTool, type ToolContext } from "./tool.ts";
import { voiceUses } from "./voice-uses.ts";

/** The most buttons; more would crowd out the message. */
const mostUses = 5;

/** The vendors' own voices, by what they speak. */
function presetFields(presets: readonly Voice[], providers: ToolContext["providers"], locale: Locale) {
  const groups = Map.groupBy(presets, ({ provider, preset }) => `${provider}\n${preset?.languages[locale]}`);
  return [...groups.values()].map((group) => {
    const { provider: id, preset } = group[0]!;
    const provider = providers.find((one) => one.id === id)?.title ?? id;
    const languages = preset?.languages ?? "";
    return {
      label: say({ key: "voices.presets", values: { provider, languages } }, locale),
      value: listed(
        group.map(({ name, preset: own }) =>
          say({ key: "voices.preset", values: { name, character: own?.character ?? "" } }, locale),
        ),
      )[locale],
    };
  });
}

/** Only its owner sees with whom a voice is shared. */
export function lineOfVoice(voice: Voice, caller: Caller): Sentence {
  const people = grantees(voice);
  const values = { tier: kindOfVoice(voice), trainings: voice.consents.length, owner: ownerName(voice, caller) };
  if (voice.owner !== caller.id) {
    return { key: "voices.line-shared", values };
  }
  return people.length === 0
    ? { key: "voices.line", values }
    : { key: "voices.line-shared-with", values: { ...values, people: listed(people) } };
}

/** Lists the voices the caller may use. */
export const listVoices = defineTool({
  name: "list_voices",
  command: "voices",
  effect: "reads",
  title: { en: "Your voices", "zh-CN": "我的音色" },
  summary: {
    en: "Lists the voices you may use: yours, shared ones and the providers' own.",
    "zh-CN": "列出可用音色：您的、共享的、服务商自带的。",
  },
  private: true,
  input: {},
  async answer(_input, { caller, voices, tools, providers }) {
    const { locale } = caller;
    const usable = await voices.usableBy(caller);
    const presets = voices.presets();
    const count = usable.length + presets.length;
    return {
      message: {
        tone: "info",
        title: say(count === 0 ? { key: "voices.none" } : { key: "voices.title", values: { count } }, locale),
        fields: [
          ...usable.map((voice) => ({
            label: voice.name,
            value: say(lineOfVoice(voice, caller), locale),
          })),
          ...presetFields(presets, providers, locale),
        ],
        actions: tools
          .flatMap((tool) =>
            [...usable, ...presets.slice(0, 1)].flatMap((voice) => {
              const { id: subject, name } = voice;
              const entered = enteredAs(voice, [...usable, ...presets]);
              return voiceUses([tool], { voice: entered, subject, style: "plain", name }, locale);
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
          shared: voice.owner !== caller.id || grantees(voice).length > 0,
          ...(voice.owner === caller.id ? { sharedWith: grantees(voice).map((one) => one[locale]) } : {}),
          createdAt: new Date(voice.createdAt).toISOString(),
        })),
        presets: presets.map(({ id, name, provider, model, preset }, index) => ({
          id,
          name,
          provider,
          model: model ?? null,
          character: preset?.character[locale] ?? "",
          languages: preset?.languages[locale] ?? "",
          default: index === 0,
        })),
      },
    };
  },
});
