import type { ProviderName } from "../../errors/refusal.ts";

/** Who refuses, in the catalogue and to people. */
export const xjcName: ProviderName = {
  provider: "xjc",
  providerTitle: { en: "AI-XJC", "zh-CN": "AI-XJC 数字人" },
};
