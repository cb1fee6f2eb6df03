import type { Balance } from "../operation.ts";
import { type Api, readTimeoutMs } from "./api.ts";
import { type BalanceData, balanceData } from "./wire.ts";

/** Reads the account as the vendor describes it. */
export function readBalance(api: Api, signal?: AbortSignal): Promise<BalanceData> {
  return api.read({ method: "GET", path: "user/balance", data: balanceData, timeoutMs: readTimeoutMs, signal });
}

/** The account in our terms. A quota that the vendor does not give completely is left out. */
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
