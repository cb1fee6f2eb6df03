import type { LocalizedText } from "@toolcast/core";

/** What the adapter itself says; everything else comes from core. */
export const sentences = {
  privateName: { en: "private", "zh-CN": "仅自己可见" },
  privateSummary: { en: "Only you see the answer. Default no.", "zh-CN": "只有您能看到回复，默认否。" },
  linkName: { en: "link", "zh-CN": "链接" },
  linkSummary: {
    en: "Instead of a file: a link, or something made or sent before.",
    "zh-CN": "代替文件：链接，或以前生成、上传过的内容。",
  },
} as const satisfies Record<string, LocalizedText>;
