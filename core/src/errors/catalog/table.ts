import type { LocalizedText } from "../../ground/locale.ts";
import type { Actor, CatalogEntry, CatalogLayer } from "./entry.ts";
import { type PolicyName, policies } from "./policy.ts";

/** One line of a vendor's table. */
export interface CatalogRow {
  code: string;
  /** The vendor's exact text. */
  says: string;
  /** The vendor's explanation of it. */
  explains?: string;
  /** The vendor's advice. */
  advises?: string;
  httpStatus?: number;
  /** The part of the message that distinguishes this row from others with the same code. */
  message?: string;
  policy: PolicyName;
  /** Overrides the policy's actor. */
  actor?: Actor;
  charged?: CatalogEntry["charged"];
  /** How long to wait at least before a retry, in milliseconds; for policies that retry later. */
  afterMs?: number;
  meaning: LocalizedText;
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
