import type { LocalizedText } from "@toolcast/core";

/** What a program's model reads besides core's own sentences. */
export const sentences = {
  asset: {
    en: "{name} ({facts}): {id}. Use this id in any media input.",
    "zh-CN": "{name}（{facts}）：{id}，可作为任意媒体参数使用。",
  },
  link: { en: "{url} (until {until})", "zh-CN": "{url}（有效期至 {until}）" },
} as const satisfies Record<string, LocalizedText>;
