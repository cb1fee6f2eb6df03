import { dashscopeTable } from "./catalog/dashscope.ts";
import { dashscopeLaterTable } from "./catalog/dashscope-later.ts";
import type { CatalogEntry } from "./catalog/entry.ts";
import { sparkCloudTable } from "./catalog/spark-cloud.ts";
import { sparkCloudLaterTable } from "./catalog/spark-cloud-later.ts";
import { sparkGatewayTable } from "./catalog/spark-gateway.ts";
import { sparkSdkTable } from "./catalog/spark-sdk.ts";
import { speechClientTable } from "./catalog/speech-client.ts";
import { speechServiceTable } from "./catalog/speech-service.ts";
import { entriesOf } from "./catalog/table.ts";
import { xjcTable } from "./catalog/xjc.ts";

export type { CatalogEntry } from "./catalog/entry.ts";

const tables = [
  sparkCloudTable,
  sparkCloudLaterTable,
  sparkGatewayTable,
  xjcTable,
  dashscopeTable,
  dashscopeLaterTable,
  sparkSdkTable,
  speechClientTable,
  speechServiceTable,
];

let entries: readonly CatalogEntry[] | undefined;
let entriesByCode: ReadonlyMap<string, readonly CatalogEntry[]> | undefined;

/** Every entry, vendor by vendor in the order of the documents. Built at first use. */
export function catalogEntries(): readonly CatalogEntry[] {
  entries ??= Object.freeze(tables.flatMap((table) => entriesOf(table)));
  return entries;
}

/** Every entry with this code, whoever the vendor is; letter case counts. */
export function entriesWithCode(code: string): readonly CatalogEntry[] {
  entriesByCode ??= Map.groupBy(catalogEntries(), (entry) => entry.code);
  return entriesByCode.get(code) ?? [];
}

/** Which code is meant. */
export interface CatalogKey {
  provider: string;
  code: string;
  /** One of {@link CatalogLayer}; without it every layer of the provider counts. */
  layer?: string;
  /** The vendor's message as it arrived; decides where one code has several rows. */
  message?: string;
}

/**
 * The entry for a code of a vendor. Where several rows share the code and the message does not decide, the row that is
 * not repeated by itself is taken, so that doubt never starts anything.
 */
export function findEntry({ provider, code, layer, message }: CatalogKey): CatalogEntry | undefined {
  const candidates = entriesWithCode(code).filter(
    (entry) => entry.provider === provider && (layer === undefined || entry.layer === layer),
  );
  return chooseByMessage(candidates, message);
}

/** Of rows with the same code, the one the message speaks for; the longest matching part wins. */
export function chooseByMessage(
  candidates: readonly CatalogEntry[],
  message: string | undefined,
): CatalogEntry | undefined {
  if (candidates.length < 2) {
    return candidates[0];
  }
  const heard = message?.toLowerCase() ?? "";
  const matching = candidates
    .filter((entry) => entry.message !== undefined && heard.includes(entry.message.toLowerCase()))
    .sort((one, other) => (other.message?.length ?? 0) - (one.message?.length ?? 0));
  return matching[0] ?? candidates.find((entry) => entry.retry.kind !== "later") ?? candidates[0];
}
