import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Clock } from "./clock.ts";
import { openJournal } from "./journal.ts";

export type VendorName = "spark" | "xjc";

/** One paid start: written once, before the answer leaves, whether or not the answer arrives. */
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
  points: number;
  /** Application id (spark) or access key (xjc). */
  account: string;
  /** What the vendor calls it: sid, job id or speaker id. */
  reference: string;
  /** What a client cannot see on the wire, such as which digital human an address stands for. */
  note?: string;
}

export interface LedgerTotals {
  starts: number;
  points: number;
  byVendor: Record<VendorName, { starts: number; points: number }>;
}

export interface Ledger {
  record(entry: Omit<LedgerEntry, "id" | "at">): LedgerEntry;
  entries(): LedgerEntry[];
  totals(): LedgerTotals;
  clear(): void;
}

export function openLedger(options: { dataDirectory: string | undefined; clock: Clock }): Ledger {
  const journal = openJournal<LedgerEntry>(options.dataDirectory && join(options.dataDirectory, "ledger.jsonl"));
  const entries = journal.entries();
  return {
    record(start) {
      const entry: LedgerEntry = { id: randomUUID(), at: options.clock.now(), ...start };
      journal.append(entry);
      entries.push(entry);
      return entry;
    },
    entries: () => entries.map((entry) => ({ ...entry })),
    totals() {
      const of = (vendor: VendorName) => {
        const own = entries.filter((entry) => entry.vendor === vendor);
        return { starts: own.length, points: own.reduce((sum, entry) => sum + entry.points, 0) };
      };
      const spark = of("spark");
      const xjc = of("xjc");
      return { starts: entries.length, points: spark.points + xjc.points, byVendor: { spark, xjc } };
    },
    clear() {
      entries.length = 0;
      journal.rewrite([]);
    },
  };
}
