import type { ProviderName } from "../../errors/refusal.ts";

/** Who refuses, in the catalogue and to people. */
export const sparkName: ProviderName = {
  provider: "spark",
  providerTitle: { en: "iFlytek Spark", "zh-CN": "讯飞星火" },
};
