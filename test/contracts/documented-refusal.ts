import type { CatalogEntry, Failure } from "@toolcast/core/errors";
import { failureFields, isSentAgain, locales, say } from "@toolcast/core/surface";
import { expect } from "vitest";

/** A refusal with a documented code: what the worker decides on and what a person reads, in both languages. */
export function expectDocumentedRefusal(failure: Failure, entry: CatalogEntry): void {
  expect(failure).toMatchObject({
    kind: "refused",
    provider: entry.provider,
    layer: entry.layer,
    vendorCode: entry.code,
    vendorMessage: expect.any(String),
    charged: entry.charged,
    retry: { kind: entry.retry.kind },
  });
  for (const locale of locales) {
    const sentence = say(failure.sentence, locale);
    expect(sentence).toContain(entry.meaning[locale]);
    expect(sentence).not.toMatch(/[{}]/);
    const fields = failureFields(failure, locale).map(({ value }) => value);
    expect(fields).toEqual(
      expect.arrayContaining([
        say({ key: `job.charged.${entry.charged}` }, locale),
        ...(isSentAgain(entry)
          ? [say({ key: "job.next.again" }, locale)]
          : [say({ key: `job.actor.${entry.actor}` }, locale), entry.remedy[locale]]),
        entry.code,
        failure.vendorMessage,
      ]),
    );
  }
}
