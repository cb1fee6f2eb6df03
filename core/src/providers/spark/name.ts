import type { ProviderName } from "../../errors/refusal.ts";
import { vendorFailures } from "../vendor-failures.ts";

/** Who refuses, in the catalogue and to people. */
export const sparkName: ProviderName = {
  provider: "spark",
  providerTitle: { en: "iFlytek Spark", "zh-CN": "讯飞星火" },
};

/** How it tells what went wrong: the same that plugins are handed as `tools.failures`. */
export const sparkFailures = vendorFailures({ id: sparkName.provider, title: sparkName.providerTitle });
