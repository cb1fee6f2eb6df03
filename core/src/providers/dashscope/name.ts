import type { ProviderName } from "../../errors/refusal.ts";
import { vendorFailures } from "../vendor-failures.ts";

/** The provider's name in the catalogue and for people. */
export const dashscopeName: ProviderName = {
  provider: "dashscope",
  providerTitle: { en: "Alibaba DashScope", "zh-CN": "阿里云百炼" },
};

/** Makes its failures, as plugins do with `tools.failures`. */
export const dashscopeFailures = vendorFailures({ id: dashscopeName.provider, title: dashscopeName.providerTitle });
