import type { Sentence } from "../../messages/sentence.ts";
import { hostOf } from "../setting-schema.ts";
import { dashscopeName } from "./name.ts";
import { type Region, regionOf, regionTitle } from "./regions.ts";
import { type DashscopeSettings, isQwenSpeech } from "./settings.ts";

/** What Singapore makes voices for besides Qwen's models. */
const cosyVoiceInSingapore = /^cosyvoice-v3-/;

/**
 * Why the vendor makes no voice for a speech model in the key's region; undefined if it does, or if the host's name
 * does not tell the region.
 */
export function cloningRefusal(model: string, { baseUrl }: Pick<DashscopeSettings, "baseUrl">): Sentence | undefined {
  const host = hostOf(baseUrl);
  const region: Region | undefined = regionOf(host);
  const common = { provider: dashscopeName.providerTitle, region: regionTitle(host) };
  if (region === undefined || region === "beijing") {
    return undefined;
  }
  if (region !== "singapore") {
    return { key: "provider.dashscope.cloning-region", values: common };
  }
  return isQwenSpeech(model) || cosyVoiceInSingapore.test(model)
    ? undefined
    : { key: "provider.dashscope.cloning-model", values: { ...common, model } };
}

/** Models that speak only with the vendor's own voices. */
const ownVoicesOnly = /^qwen3-tts-(?:instruct-)?flash/;

/** Why no voice can be made for a speech model, wherever it is; undefined if one can. */
export function modelRefusal(model: string): Sentence | undefined {
  return ownVoicesOnly.test(model)
    ? { key: "provider.dashscope.cloning-own-voices", values: { provider: dashscopeName.providerTitle, model } }
    : undefined;
}
