import type { Starter } from "./options.ts";

/** Examples for a sandbox: a picture, a speaking person from files, one from words, and a failure that is explained. */
export const defaultStarters: readonly Starter[] = [
  {
    title: { en: "Paint a mountain at dawn", "zh-CN": "画一幅日照金山" },
    command: "image",
    texts: { prompt: { en: "A snow mountain in the first golden light", "zh-CN": "日照金山" } },
    input: { size: "512x512" },
  },
  {
    title: { en: "Make a face speak a recording", "zh-CN": "让人物说出一段录音" },
    command: "avatar",
    texts: { title: { en: "A recording", "zh-CN": "录音示例" } },
    samples: { video: "video", audio: "voice" },
  },
  {
    title: { en: "Make a face speak a text", "zh-CN": "让人物念一段文字" },
    command: "avatar",
    texts: {
      text: {
        en: "Hello and welcome to Toolcast. This video was made by the sandbox on this machine and cost nothing at all.",
        "zh-CN": "你好，欢迎使用 Toolcast。这是一段在本机沙箱里生成的示例视频，不会产生任何费用。",
      },
      title: { en: "A text", "zh-CN": "文字示例" },
    },
    samples: { video: "video" },
  },
  {
    title: { en: "See how a failure is explained", "zh-CN": "看看失败是怎么解释的" },
    command: "image",
    texts: { prompt: { en: "A harbour in the rain [[10013]]", "zh-CN": "雨中的港口 [[10013]]" } },
  },
];
