import type { ProviderName } from "../../errors/refusal.ts";
import { vendorFailures } from "../vendor-failures.ts";

/** Who refuses, in the catalogue and to people. */
export const dashscopeName: ProviderName = {
  provider: "dashscope",
  providerTitle: { en: "Alibaba DashScope", "zh-CN": "阿里云百炼" },
};

/** How it tells what went wrong: the same that plugins are handed as `tools.failures`. */
export const dashscopeFailures = vendorFailures({ id: dashscopeName.provider, title: dashscopeName.providerTitle });
