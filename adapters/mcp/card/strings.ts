import type { Locale, LocalizedText } from "@toolcast/core";

/** The card's own sentences; everything else comes from the server. */
export const strings = {
  waiting: { en: "Waiting for the job…", "zh-CN": "正在等待任务…" },
  stopped: {
    en: "The assistant stopped waiting. A job that was started continues; ask for its status.",
    "zh-CN": "助手已停止等待。已提交的任务会继续执行，可询问其状态。",
  },
  unreachable: { en: "No answer just now; trying again.", "zh-CN": "暂时没有响应，正在重试。" },
  noPolling: {
    en: "This client does not let the card follow the job. Ask the assistant for its status.",
    "zh-CN": "此客户端不支持在卡片中跟踪任务，请向助手询问其状态。",
  },
  progress: { en: "Progress", "zh-CN": "进度" },
  open: { en: "Open", "zh-CN": "打开" },
  download: { en: "Download", "zh-CN": "下载" },
  loading: { en: "Loading…", "zh-CN": "正在载入…" },
  withheld: {
    en: "It is stored, but cannot be shown here.",
    "zh-CN": "内容已保存，但无法在此显示。",
  },
} as const satisfies Record<string, LocalizedText>;

export function localeOf(tag: string | undefined): Locale {
  return (tag ?? navigator.language).toLowerCase().startsWith("zh") ? "zh-CN" : "en";
}
