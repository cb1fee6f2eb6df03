import type { LocalizedText } from "../../ground/locale.ts";
import type { Actor, CatalogEntry, CatalogLayer } from "./entry.ts";
import { type PolicyName, policies } from "./policy.ts";

/** One line of a vendor's table, as it is written down here. */
export interface CatalogRow {
  code: string;
  /** The vendor's words, exactly. */
  says: string;
  /** The vendor's explanation beside them. */
  explains?: string;
  /** The vendor's advice. */
  advises?: string;
  httpStatus?: number;
  /** Part of the message that tells this row from another with the same code. */
  message?: string;
  policy: PolicyName;
  /** Where this row differs from its policy. */
  actor?: Actor;
  charged?: CatalogEntry["charged"];
  /** The least time to wait before another try, in milliseconds; for policies that retry later. */
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
