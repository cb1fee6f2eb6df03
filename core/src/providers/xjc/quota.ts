import type { Clock } from "../../ground/clock.ts";
import type { Sentence } from "../../messages/sentence.ts";
import type { Price, VoiceTier } from "../operation.ts";
import { readBalance } from "./account.ts";
import type { Api } from "./api.ts";
import type { BalanceData } from "./wire.ts";

/** A person waits for the price, so the account is given this long to say what is left. */
const patienceMs = 1000;
/** People who look at the same thing twice need not ask the vendor twice. */
const freshMs = 10_000;

/** Voices of one tier. */
export interface VoiceQuota {
  used: number;
  total: number;
}

/** Undefined when the vendor did not tell both. */
export function quotaOf(balance: BalanceData, tier: VoiceTier): VoiceQuota | undefined {
  const [used, total] =
    tier === "lite"
      ? [balance.voiceLiteUsedQuantity, balance.voiceLiteTotalQuantity]
      : [balance.voiceProUsedQuantity, balance.voiceProTotalQuantity];
  return used === undefined || total === undefined ? undefined : { used, total };
}

/** Prices voices by what the account has left of them; says so without figures when it does not tell in time. */
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
      // A request must not fail for want of a figure that only informs.
      return undefined;
    } finally {
      stopTimer();
    }
  }

  return async (tier) => {
    const told = await balance();
    const quota = told === undefined ? undefined : quotaOf(told, tier);
    const dependsOn: Sentence =
      quota === undefined
        ? { key: "provider.price.xjc-voice" }
        : { key: "provider.price.xjc-voice-quota", values: { tier: tier.toUpperCase(), ...quota } };
    return { known: false, dependsOn };
  };
}
