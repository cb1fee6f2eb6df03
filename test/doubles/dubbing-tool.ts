import { consent, defineTool, provider, step, text, voice } from "@toolcast/core";

const words = (en: string, chinese: string) => ({ en, "zh-CN": chinese });

/** A plugin's tool with a voice, a consent and a choice of provider, none of them named like ours. */
export const dubbing = defineTool({
  ...{ name: "dub_words", command: "dub", effect: "spends", primary: "words" },
  title: words("Dub", "配音"),
  summary: words("Speaks words in somebody's voice.", "用某人的声音说话。"),
  input: {
    words: text({ title: words("Words", "文字"), summary: words("What is said.", "要说的话。"), maxLength: 100 }),
    speaker: voice({ title: words("Speaker", "说话人"), summary: words("Whose voice.", "谁的声音。") }),
    second_speaker: voice({
      ...{ title: words("Second speaker", "第二说话人"), summary: words("Another voice.", "另一个声音。") },
      optional: true,
    }),
    permission: consent({
      ...{ title: words("Permission", "许可"), summary: words("The speaker agrees.", "说话人同意。") },
      question: words("Does the speaker agree to be heard?", "说话人同意公开吗？"),
    }),
    vendor: provider({ capabilities: ["speech"] }),
  },
  steps: ({ words: said, speaker, second_speaker: second }) =>
    [speaker, ...(second === undefined ? [] : [second])].map((id, index) =>
      step({
        name: `speech-${index + 1}`,
        title: words("Speech", "语音"),
        capability: "speech",
        request: (context) => ({ text: said, ...context.voice(id) }),
      }),
    ),
});
