import { text } from "./field.ts";

/** The input that names a provider, the same wherever it appears. */
export const providerField = text({
  title: { en: "Provider", "zh-CN": "服务商" },
  summary: {
    en: "Which provider to use, e.g. spark. Default: the first that can do it.",
    "zh-CN": "指定服务商，例如 spark。默认使用第一个可用的服务商。",
  },
  maxLength: 40,
  completes: true,
  optional: true,
});
