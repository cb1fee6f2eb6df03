import type { ProviderName } from "../../errors/refusal.ts";
import { vendorFailures } from "../vendor-failures.ts";

/** The provider's name in the catalogue and for people. */
export const sparkName: ProviderName = {
  provider: "spark",
  providerTitle: { en: "iFlytek Spark", "zh-CN": "讯飞星火" },
};

/** Makes its failures, as plugins do with `tools.failures`. */
export const sparkFailures = vendorFailures({ id: sparkName.provider, title: sparkName.providerTitle });
