import type { Starter } from "./options.ts";

/** Examples for a sandbox: a picture, a speaking person from files, one from words, and a failure that is explained. */
export const defaultStarters: readonly Starter[] = [
  {
    title: { en: "Paint a mountain at dawn", "zh-CN": "画一幅日照金山" },
    command: "image",
    input: { prompt: "日照金山", size: "512x512" },
  },
  {
    title: { en: "Make a face speak a recording", "zh-CN": "让人物说出一段录音" },
    command: "avatar",
    input: { title: "Sample" },
    samples: { video: "video", audio: "voice" },
  },
  {
    title: { en: "Make a face speak a text", "zh-CN": "让人物念一段文字" },
    command: "avatar",
    input: { text: "你好，欢迎使用 Toolcast。这是一段在本机沙箱里生成的示例视频，不会产生任何费用。", title: "Sample" },
    samples: { video: "video" },
  },
  {
    title: { en: "See how a failure is explained", "zh-CN": "看看失败是怎么解释的" },
    command: "image",
    input: { prompt: "a harbour in the rain [[10013]]" },
  },
];
