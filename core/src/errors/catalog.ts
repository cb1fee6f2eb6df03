import type { LocalizedText } from "../ground/locale.ts";
import { dashscopeTable } from "./catalog/dashscope.ts";
import { dashscopeLaterTable } from "./catalog/dashscope-later.ts";
import { type CatalogEntry, catalogProviders } from "./catalog/entry.ts";
import { openaiTable } from "./catalog/openai.ts";
import { sparkCloudTable } from "./catalog/spark-cloud.ts";
import { sparkCloudLaterTable } from "./catalog/spark-cloud-later.ts";
import { sparkGatewayTable } from "./catalog/spark-gateway.ts";
import { sparkSdkTable } from "./catalog/spark-sdk.ts";
import { speechClientTable } from "./catalog/speech-client.ts";
import { speechServiceTable } from "./catalog/speech-service.ts";
import { type CatalogRow, entriesOf } from "./catalog/table.ts";
import { xjcTable } from "./catalog/xjc.ts";
import type { Failure } from "./errors.ts";

export type { CatalogEntry } from "./catalog/entry.ts";

const tables = [
  sparkCloudTable,
  sparkCloudLaterTable,
  sparkGatewayTable,
  xjcTable,
  dashscopeTable,
  dashscopeLaterTable,
  openaiTable,
  sparkSdkTable,
  speechClientTable,
  speechServiceTable,
];

/** A vendor that is not built in, with the codes from its definition. */
export interface FurtherVendor {
  id: string;
  title: LocalizedText;
  /** Its table of codes. Default: none. */
  errors?: readonly CatalogRow[];
}

const furtherVendors = new Map<string, FurtherVendor>();
let entries: readonly CatalogEntry[] | undefined;

/**
 * Adds the codes of a plugin's provider, only once however often it is called; never changes the built-in vendors'
 * tables. There is one catalogue for the whole process, because it describes codes and nothing about an installation.
 */
export function addToCatalog({ id, title, errors = [] }: FurtherVendor): void {
  if (!(catalogProviders as readonly string[]).includes(id)) {
    furtherVendors.set(id, { id, title, errors });
    entries = undefined;
  }
}

/** The ids of all vendors with known codes. */
export function catalogVendors(): readonly string[] {
  return [...catalogProviders, ...furtherVendors.keys()];
}

/** The vendors that are not built in, in the order in which they were added. */
export function vendorsAdded(): readonly FurtherVendor[] {
  return [...furtherVendors.values()];
}

/** Every entry, vendor by vendor in the order of the documents, then those of plugins. Built on first use. */
export function catalogEntries(): readonly CatalogEntry[] {
  entries ??= Object.freeze([
    ...tables.flatMap((table) => entriesOf(table)),
    ...vendorsAdded().flatMap(({ id, errors = [] }) =>
      entriesOf({ provider: id, layer: "api", source: "plugin", rows: errors }),
    ),
  ]);
  return entries;
}

/** Caches something made from all entries: it is made on first use, and again when the catalogue has grown. */
export function fromCatalog<Made>(make: (entries: readonly CatalogEntry[]) => Made): () => Made {
  let last: { of: readonly CatalogEntry[]; made: Made } | undefined;
  return () => {
    const all = catalogEntries();
    if (last?.of !== all) {
      last = { of: all, made: make(all) };
    }
    return last.made;
  };
}

const entriesByCode = fromCatalog((all) => Map.groupBy(all, (entry) => entry.code));

/** Every entry with this code, from any vendor; case-sensitive. */
export function entriesWithCode(code: string): readonly CatalogEntry[] {
  return entriesByCode().get(code) ?? [];
}

/** Identifies a code. */
export interface CatalogKey {
  provider: string;
  code: string;
  /** One of {@link CatalogLayer}. Default: any layer of the provider. */
  layer?: string;
  /** The vendor's message as received; decides if one code has several rows. */
  message?: string;
}

/**
 * The entry for a vendor's code. If several rows share the code and the message does not decide, a row that is not
 * retried automatically is chosen: in doubt, nothing is started.
 */
export function findEntry({ provider, code, layer, message }: CatalogKey): CatalogEntry | undefined {
  const candidates = entriesWithCode(code).filter(
    (entry) => entry.provider === provider && (layer === undefined || entry.layer === layer),
  );
  return chooseByMessage(candidates, message);
}

/** The entry for a failure's code; undefined if it has none or the catalogue does not know it. */
export function entryOf({
  provider,
  vendorCode: code,
  layer,
  vendorMessage: message,
}: Failure): CatalogEntry | undefined {
  return provider === undefined || code === undefined ? undefined : findEntry({ provider, code, layer, message });
}

/** Of rows with the same code, the one that matches the message; the longest match wins. */
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
