import { expect } from "vitest";
import type { CatalogEntry } from "../../core/src/errors/catalog.ts";
import type { Failure } from "../../core/src/errors/errors.ts";
import { locales } from "../../core/src/ground/locale.ts";
import { failureFields } from "../../core/src/job-view/job-message.ts";
import { isSentAgain } from "../../core/src/job-view/next-step.ts";
import { say } from "../../core/src/messages/sentence.ts";

/** A refusal with a documented code: what the worker decides from, and everything a person reads, in both languages. */
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
