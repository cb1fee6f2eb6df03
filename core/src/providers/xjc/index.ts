import { createClockSkew } from "../clock-skew.ts";
import { defineProvider } from "../provider.ts";
import { hostOf, isLoopback } from "../setting-schema.ts";
import { WorkAges } from "../work-ages.ts";
import { balanceOf, readBalance } from "./account.ts";
import { createApi } from "./api.ts";
import { createSend } from "./exchange.ts";
import { xjcName } from "./name.ts";
import { type XjcSettings, xjcSchema, xjcVariables } from "./settings.ts";
import { speechOperation } from "./speech.ts";
import { createTokenSource } from "./token.ts";
import { voiceCloningOperation } from "./voices.ts";
import { avatarVideoOperation } from "./works.ts";

/** AI-XJC: avatar videos, trained voices and speech. Cannot stop work that has started. */
export const xjc = defineProvider<XjcSettings>({
  id: "xjc",
  title: xjcName.providerTitle,
  settings: xjcVariables,
  schema: xjcSchema,
  hosts: (settings) => [hostOf(settings.baseUrl)],
  onLoopback: (settings) => isLoopback(settings.baseUrl),
  limits: ({ concurrent, startsPerSecond }) => ({ concurrent, startsPerSecond }),
  create(settings, tools) {
    const skew = createClockSkew(tools.clock);
    const send = createSend(settings.baseUrl, skew, tools);
    const tokens = createTokenSource(settings, send, skew, tools);
    const api = createApi(send, tokens);
    const ages = new WorkAges(tools.clock);
    const bills = { api, state: tools.state, baseUrl: settings.baseUrl };
    return {
      operations: {
        avatarVideo: avatarVideoOperation(api, ages, settings.rates),
        voiceCloning: voiceCloningOperation(api, ages),
        speech: speechOperation(api, ages, settings.rates),
      },
      bills: async (page, pageSize, signal) => (await import("./bills.ts")).readBills(bills, page, pageSize, signal),
      recordsSince: async (instant, signal) => (await import("./bills.ts")).billsSince(bills, instant, signal),
      balance: async (signal) => balanceOf(await readBalance(api, signal)),
      doctor: async (signal) => (await import("./doctor.ts")).doctor(settings, { api, tokens, skew }, signal),
    };
  },
});
