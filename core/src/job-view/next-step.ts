import type { CatalogEntry } from "../errors/catalog/entry.ts";
import { entryOf } from "../errors/catalog.ts";
import type { Failure } from "../errors/errors.ts";
import type { Locale } from "../ground/locale.ts";
import { say } from "../messages/sentence.ts";

/** Of these a person is told how to mend the cause, also where the same is tried again by itself. */
const mendable: readonly CatalogEntry["category"][] = ["credentials", "clock"];

/** Whether the catalogue's advice is that it is sent again by itself, which is over when a job has ended so. */
export function isSentAgain({ retry, category }: CatalogEntry): boolean {
  return retry.kind === "later" && !mendable.includes(category);
}

/**
 * What to do about a failure that ended a job, by the catalogue; undefined where it has nothing to say. Where it may have
 * cost, nobody is advised to start again.
 */
export function nextStep(failure: Failure, locale: Locale): string | undefined {
  const entry = entryOf(failure);
  if (entry === undefined || !isSentAgain(entry)) {
    return entry?.remedy[locale];
  }
  return failure.charged === "no" ? say({ key: "job.next.again" }, locale) : undefined;
}
