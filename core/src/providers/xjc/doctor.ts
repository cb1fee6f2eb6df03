import { failureOf } from "../../errors/errors.ts";
import type { ClockSkew } from "../clock-skew.ts";
import { failureFinding } from "../failure-finding.ts";
import type { Finding } from "../provider.ts";
import { hostOf, isLoopback } from "../setting-schema.ts";
import { readBalance } from "./account.ts";
import type { Api } from "./api.ts";
import { xjcFailures, xjcName } from "./name.ts";
import { documentationBaseUrl, type XjcSettings } from "./settings.ts";
import type { TokenSource } from "./token.ts";

/** A timestamp is valid for three minutes; a clock half as far off deserves a warning. */
const remarkableSkewMs = 90_000;

/** Checks the keys with a new token and the account with its balance; neither costs anything. */
export async function doctor(
  settings: XjcSettings,
  { api, tokens, skew }: { api: Api; tokens: TokenSource; skew: ClockSkew },
  signal?: AbortSignal,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const token = await tokens.renew(signal);
  if (token.end === "token") {
    findings.push({ level: "ok", sentence: { key: "provider.doctor.xjc-keys" } });
    findings.push(await balanceFinding(api, signal));
  } else {
    const failure = token.end === "refused" ? token.failure : xjcFailures.notReadable(token.reason).failure;
    findings.push(failureFinding(failure, xjcName.providerTitle));
  }
  if (Math.abs(skew.skewMs()) > remarkableSkewMs) {
    findings.push({
      level: "warning",
      sentence: {
        key: "provider.doctor.clock",
        values: { provider: xjcName.providerTitle, skew: { durationMs: Math.abs(skew.skewMs()) } },
      },
    });
  }
  const host = hostOf(settings.baseUrl);
  if (host === hostOf(documentationBaseUrl)) {
    findings.push({ level: "warning", sentence: { key: "provider.doctor.xjc-documentation-host", values: { host } } });
  }
  if (settings.baseUrl.startsWith("http:") && !isLoopback(settings.baseUrl)) {
    findings.push({
      level: "warning",
      sentence: { key: "provider.doctor.not-encrypted", values: { variable: "XJC_BASE_URL", host } },
    });
  }
  return findings;
}

async function balanceFinding(api: Api, signal?: AbortSignal): Promise<Finding> {
  try {
    const account = await readBalance(api, signal);
    const known = (count: number | undefined) => count ?? "?";
    return {
      level: "ok",
      sentence: {
        key: "provider.doctor.xjc-balance",
        values: {
          amount: account.balance,
          liteUsed: known(account.voiceLiteUsedQuantity),
          liteTotal: known(account.voiceLiteTotalQuantity),
          proUsed: known(account.voiceProUsedQuantity),
          proTotal: known(account.voiceProTotalQuantity),
        },
      },
    };
  } catch (error) {
    return failureFinding(failureOf(error), xjcName.providerTitle);
  }
}
