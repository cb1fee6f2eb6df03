import type { ProviderName } from "../../errors/refusal.ts";
import { vendorFailures } from "../vendor-failures.ts";

/** The provider's name in the catalogue and for people. */
export const xjcName: ProviderName = {
  provider: "xjc",
  providerTitle: { en: "AI-XJC", "zh-CN": "AI-XJC 数字人" },
};

/** Makes its failures, as plugins do with `tools.failures`. */
export const xjcFailures = vendorFailures({ id: xjcName.provider, title: xjcName.providerTitle });
