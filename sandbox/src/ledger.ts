import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Clock } from "./clock.ts";
import { openJournal } from "./journal.ts";

export type VendorName = "spark" | "dashscope" | "openai" | "xjc";

/** The units of a vendor without points. */
export type CountedUnit = "images" | "seconds" | "characters" | "voices" | "tokens";

/** One paid start: written once, before the answer is sent, whether or not the answer arrives. */
export interface LedgerEntry {
  id: string;
  /** Epoch milliseconds. */
  at: number;
  vendor: VendorName;
  /** Path below the vendor's base address: `v2.1/tti`, `works/create`, `voice/lite/train`, ... */
  endpoint: string;
  /** The driving text: prompt, text or content; the title when a work has no text; empty for a training. */
  text: string;
  /** SHA-256 (hex) of the canonical body without `callbackUrl`: equal for equal requests. */
  fingerprint: string;
  /** 0 if the vendor counts something else. */
  points: number;
  /** What is billed if not in points: pictures made, seconds of video, characters spoken, ... */
  counted?: { unit: CountedUnit; quantity: number };
  /** Application id (spark), access key (xjc) or the key's public id (dashscope, openai). */
  account: string;
  /** The vendor's id for it: sid, job id, speaker id, task id, voice or request id. */
  reference: string;
  /** The id of the answer, if it differs from the reference (dashscope). */
  requestId?: string;
  /** What a client cannot see on the wire, such as which digital human an address refers to. */
  note?: string;
}

export interface VendorTotals {
  starts: number;
  points: number;
  /** Sums by unit; only units that occurred. */
  counted: Partial<Record<CountedUnit, number>>;
}

export interface LedgerTotals {
  starts: number;
  points: number;
  byVendor: Record<VendorName, VendorTotals>;
}

export interface Ledger {
  record(entry: Omit<LedgerEntry, "id" | "at">): LedgerEntry;
  /** Records that the start with `reference` is not billed after all. */
  forgive(reference: string, note: string): void;
  entries(): LedgerEntry[];
  totals(): LedgerTotals;
  clear(): void;
}

export function openLedger(options: { dataDirectory: string | undefined; clock: Clock }): Ledger {
  const journal = openJournal<LedgerEntry>(options.dataDirectory && join(options.dataDirectory, "ledger.jsonl"));
  // A line with the id of an earlier one corrects it.
  const entries = [...new Map(journal.entries().map((entry) => [entry.id, entry])).values()];
  return {
    record(start) {
      const entry: LedgerEntry = { id: randomUUID(), at: options.clock.now(), ...start };
      journal.append(entry);
      entries.push(entry);
      return entry;
    },
    forgive(reference, note) {
      const index = entries.findIndex((entry) => entry.reference === reference);
      const entry = entries[index];
      if (entry === undefined) return;
      const counted = entry.counted && { ...entry.counted, quantity: 0 };
      const corrected: LedgerEntry = { ...entry, points: 0, counted, note };
      journal.append(corrected);
      entries[index] = corrected;
    },
    entries: () => entries.map((entry) => ({ ...entry })),
    totals() {
      const of = (vendor: VendorName) => totalsOf(entries.filter((entry) => entry.vendor === vendor));
      const { starts, points } = totalsOf(entries);
      const byVendor = { spark: of("spark"), dashscope: of("dashscope"), openai: of("openai"), xjc: of("xjc") };
      return { starts, points, byVendor };
    },
    clear() {
      entries.length = 0;
      journal.rewrite([]);
    },
  };
}

function totalsOf(entries: readonly LedgerEntry[]): VendorTotals {
  const counted: VendorTotals["counted"] = {};
  for (const { counted: own } of entries) {
    if (own !== undefined) counted[own.unit] = (counted[own.unit] ?? 0) + own.quantity;
  }
  return { starts: entries.length, points: entries.reduce((sum, entry) => sum + entry.points, 0), counted };
}
