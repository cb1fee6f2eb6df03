import type { Balance } from "../operation.ts";
import { type Api, readTimeoutMs } from "./api.ts";
import { type BalanceData, balanceData } from "./wire.ts";

/** The account as the vendor tells it. */
export function readBalance(api: Api, signal?: AbortSignal): Promise<BalanceData> {
  return api.read({ method: "GET", path: "user/balance", data: balanceData, timeoutMs: readTimeoutMs, signal });
}

/** The account in our words. A quota the vendor does not tell in full is left out. */
export function balanceOf(data: BalanceData): Balance {
  const quotas = [
    ["provider.quota.voice-lite", data.voiceLiteUsedQuantity, data.voiceLiteTotalQuantity],
    ["provider.quota.voice-pro", data.voiceProUsedQuantity, data.voiceProTotalQuantity],
  ] as const;
  return {
    amount: data.balance,
    unit: "points",
    quotas: quotas.flatMap(([key, used, total]) =>
      used === undefined || total === undefined ? [] : [{ name: { key }, used, total }],
    ),
  };
}
