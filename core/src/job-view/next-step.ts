import type { CatalogEntry } from "../errors/catalog/entry.ts";
import { entryOf } from "../errors/catalog.ts";
import type { Failure } from "../errors/errors.ts";
import type { Locale } from "../ground/locale.ts";
import { say } from "../messages/sentence.ts";

/** Categories for which people see how to solve the cause, even if the request is retried automatically. */
const mendable: readonly CatalogEntry["category"][] = ["credentials", "clock"];

/**
 * Whether the catalogue's advice is that the request is sent again automatically, which no longer applies once the job
 * has failed.
 */
export function isSentAgain({ retry, category }: CatalogEntry): boolean {
  return retry.kind === "later" && !mendable.includes(category);
}

/**
 * What to do about a failure that ended a job, by the catalogue; undefined if it has no advice. If it may have cost
 * something, nobody is advised to start again.
 */
export function nextStep(failure: Failure, locale: Locale): string | undefined {
  const entry = entryOf(failure);
  if (entry === undefined || !isSentAgain(entry)) {
    return entry?.remedy[locale];
  }
  return failure.charged === "no" ? say({ key: "job.next.again" }, locale) : undefined;
}
