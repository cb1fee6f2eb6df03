import type { ProviderName } from "../../errors/refusal.ts";

/** Who refuses, in the catalogue and to people. */
export const dashscopeName: ProviderName = {
  provider: "dashscope",
  providerTitle: { en: "Alibaba DashScope", "zh-CN": "阿里云百炼" },
};
