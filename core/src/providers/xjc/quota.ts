import type { Clock } from "../../ground/clock.ts";
import type { Sentence } from "../../messages/sentence.ts";
import type { Price, VoiceTier } from "../operation.ts";
import { readBalance } from "./account.ts";
import type { Api } from "./api.ts";
import type { BalanceData } from "./wire.ts";

/** How long to wait for the account's quota, because a person waits for the price. */
const patienceMs = 1000;
/** How long a quota is reused: people who ask twice need not ask the vendor twice. */
const freshMs = 10_000;

/** The account's voices of one tier. */
export interface VoiceQuota {
  used: number;
  total: number;
}

/** Undefined if the vendor did not give both. */
export function quotaOf(balance: BalanceData, tier: VoiceTier): VoiceQuota | undefined {
  const [used, total] =
    tier === "lite"
      ? [balance.voiceLiteUsedQuantity, balance.voiceLiteTotalQuantity]
      : [balance.voiceProUsedQuantity, balance.voiceProTotalQuantity];
  return used === undefined || total === undefined ? undefined : { used, total };
}

/** Prices voices by the account's remaining quota, without figures if it does not answer in time. */
export function createVoicePrice(api: Api, clock: Clock): (tier: VoiceTier) => Promise<Price> {
  let known: { at: number; balance: BalanceData } | undefined;

  async function balance(): Promise<BalanceData | undefined> {
    if (known !== undefined && clock.monotonic() - known.at < freshMs) {
      return known.balance;
    }
    const abort = new AbortController();
    const stopTimer = clock.setTimer(patienceMs, () => abort.abort());
    try {
      known = { at: clock.monotonic(), balance: await readBalance(api, abort.signal) };
      return known.balance;
    } catch {
      // A request must not fail because a merely informative figure is missing.
      return undefined;
    } finally {
      stopTimer();
    }
  }

  return async (tier) => {
    const current = await balance();
    const quota = current === undefined ? undefined : quotaOf(current, tier);
    const dependsOn: Sentence =
      quota === undefined
        ? { key: "provider.price.xjc-voice" }
        : { key: "provider.price.xjc-voice-quota", values: { tier: tier.toUpperCase(), ...quota } };
    return { known: false, dependsOn };
  };
}
