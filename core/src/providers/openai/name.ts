import type { ProviderName } from "../../errors/refusal.ts";
import { vendorFailures } from "../vendor-failures.ts";

/** The provider's name in the catalogue and for people. Whose service it is, only the operator knows. */
export const openaiName: ProviderName = {
  provider: "openai",
  providerTitle: { en: "OpenAI-compatible service", "zh-CN": "OpenAI 兼容服务" },
};

/** Makes its failures, as plugins do with `tools.failures`. */
export const openaiFailures = vendorFailures({ id: openaiName.provider, title: openaiName.providerTitle });
