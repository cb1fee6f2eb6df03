import type { ProviderName } from "../../errors/refusal.ts";
import { vendorFailures } from "../vendor-failures.ts";

/** Who refuses, in the catalogue and to people. */
export const xjcName: ProviderName = {
  provider: "xjc",
  providerTitle: { en: "AI-XJC", "zh-CN": "AI-XJC 数字人" },
};

/** How it tells what went wrong: the same that plugins are handed as `tools.failures`. */
export const xjcFailures = vendorFailures({ id: xjcName.provider, title: xjcName.providerTitle });
