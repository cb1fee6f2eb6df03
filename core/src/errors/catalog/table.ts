import type { LocalizedText } from "../../ground/locale.ts";
import type { Actor, CatalogEntry, CatalogLayer } from "./entry.ts";
import { type PolicyName, policies } from "./policy.ts";

/** One line of a vendor's table. */
export interface CatalogRow {
  /** The vendor's code, as text. */
  code: string;
  /** The vendor's exact text. */
  says: string;
  /** The vendor's explanation of it. Default none. */
  explains?: string;
  /** The vendor's advice. Default none. */
  advises?: string;
  /** The HTTP status it comes with, from 100 to 599. Left out if the document gives none. */
  httpStatus?: number;
  /**
   * The part of the message that distinguishes this row from others with the same code. Left out: the row is for every
   * message of its code.
   */
  message?: string;
  /** What it means for a start: who can act, whether it was charged, whether it is tried again. */
  policy: PolicyName;
  /** Who can act. Default: the policy's. */
  actor?: Actor;
  /** Whether it was charged. Default: the policy's. */
  charged?: CatalogEntry["charged"];
  /**
   * How long to wait at least before a retry, in milliseconds; for policies that retry later. Default: the policy's.
   */
  afterMs?: number;
  /** What it means, in our words. */
  meaning: LocalizedText;
  /** What to do, in our words. */
  remedy: LocalizedText;
}

/** A vendor's table: what its rows have in common, and the rows in the document's order. */
export interface CatalogTable {
  provider: string;
  layer: CatalogLayer;
  source: CatalogEntry["source"];
  rows: readonly CatalogRow[];
}

/** The rows of a table as entries. */
export function entriesOf({ provider, layer, source, rows }: CatalogTable): CatalogEntry[] {
  return rows.map((row) => {
    const policy = policies[row.policy];
    return {
      provider,
      layer,
      code: row.code,
      httpStatus: row.httpStatus ?? null,
      vendorText: row.says,
      vendorMeaning: row.explains,
      vendorRemedy: row.advises ?? null,
      meaning: row.meaning,
      remedy: row.remedy,
      actor: row.actor ?? policy.actor,
      category: policy.category,
      retry: row.afterMs === undefined ? policy.retry : { kind: policy.retry.kind, afterMs: row.afterMs },
      charged: row.charged ?? policy.charged,
      source,
      message: row.message,
    };
  });
}
