import { type Answer, beijingTime, type Call, pay, type Vendor } from "./call.ts";
import { DashscopeRefusal, voiceStorageFull } from "./codes.ts";
import type { Fields } from "./fields.ts";
import type { DashscopeVoice } from "./records.ts";

type Family = DashscopeVoice["family"];

export function requireRoomForVoice({ context }: Vendor): void {
  if (context.state.dashscopeVoices.values().length >= context.limits.dashscopeVoices) {
    throw new DashscopeRefusal("Throttling.AllocationQuota", voiceStorageFull);
  }
}

/** One paid voice, or another sample for it; the ledger holds the start of the sample's SHA-256. */
export function keepVoice(vendor: Vendor, call: Call, voice: DashscopeVoice, sampleSha256: string): void {
  vendor.rates.countStart(call.model);
  const note = `${voice.targetModel}, sample ${sampleSha256.slice(0, 12)}`;
  pay(vendor, call, { text: "", unit: "voices", quantity: 1, reference: voice.voice, note });
  vendor.context.state.dashscopeVoices.put(voice.voice, voice);
}

export function findVoice({ context }: Vendor, family: Family, name: string): DashscopeVoice | undefined {
  const voice = context.state.dashscopeVoices.get(name);
  return voice?.family === family ? voice : undefined;
}

/** One page of the family's voices, newest first; pages are counted from 0. */
export function pageOfVoices(
  { context }: Vendor,
  input: Fields,
  wanted: (voice: DashscopeVoice) => boolean,
): { index: number; size: number; total: number; voices: DashscopeVoice[] } {
  const index = input.number("page_index", { least: 0, most: 1_000_000, usual: 0, whole: true });
  const size = input.number("page_size", { least: 1, most: 1000, usual: 10, whole: true });
  const voices = context.state.dashscopeVoices.values().filter(wanted).reverse();
  return { index, size, total: voices.length, voices: voices.slice(index * size, (index + 1) * size) };
}

export function datesOf({ createdAt, modifiedAt }: DashscopeVoice): Record<string, string> {
  const shown = (timestampMs: number) => beijingTime(timestampMs).slice(0, 19);
  return { gmt_create: shown(createdAt), gmt_modified: shown(modifiedAt) };
}

/** The answer of an action without content. */
export const nothingToSay: Answer = { output: {}, usage: {} };
