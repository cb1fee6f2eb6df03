/** The entry point for errors: failures as facts, and what vendors' codes mean. */

export { errorPolicies } from "./errors/catalog/policy.ts";
export type { CatalogRow } from "./errors/catalog/table.ts";
export { addToCatalog, type CatalogEntry, catalogEntries, catalogVendors, findEntry } from "./errors/catalog.ts";
export { type Charged, type Failure, failureIn, failureOf, PolicyError, ProviderError } from "./errors/errors.ts";
export { type Explanation, explain } from "./errors/explain.ts";
export { asUnusablePath, UnusablePath } from "./errors/unusable-path.ts";
