import type { Json } from "../ground/json.ts";
import type { Locale } from "../ground/locale.ts";
import type { BalanceThen, Evidence, Job } from "../job/job.ts";
import { momentFormat } from "../messages/formats.ts";
import { listed } from "../messages/listed.ts";
import { amountSentence, inEveryLanguage, type MessageKey, say } from "../messages/sentence.ts";
import type { MessageField } from "../surface/message.ts";
import type { Speak } from "./job-message-options.ts";

/** What our own record knows about a step whose end is not known: what to look for at the vendor. */
export function askedAtField({ steps }: Job, step: string, locale: Locale): MessageField[] {
  const startedAt = steps.find(({ name }) => name === step)?.startedAt;
  if (startedAt === undefined) {
    return [];
  }
  const value = momentFormat(locale).format(startedAt);
  const moments = [{ text: value, at: startedAt, detail: "second" as const }];
  return [{ label: say({ key: "job.field.asked-at" }, locale), value, moments }];
}

/** The vendor's identifier of the operation, to look it up there. */
export function taskFields({ steps }: Job, name: string, locale: Locale): MessageField[] {
  const step = steps.find((candidate) => candidate.name === name);
  const tasks = [step, ...(step?.earlier ?? [])].flatMap((start) => taskIdOf(start?.reference) ?? []);
  const label = say({ key: "job.field.task" }, locale);
  return [...new Set(tasks)].map((value) => ({ label, value, copyable: true }));
}

/**
 * The vendor's id of an operation. A reference has its provider's own form, but always contains the id: as the
 * reference itself, or under a name that ends in `id`. A request id names the request, not the work.
 */
export function taskIdOf(reference: Json | undefined): string | undefined {
  if (typeof reference === "string" || typeof reference === "number") {
    return String(reference);
  }
  if (typeof reference !== "object" || reference === null || Array.isArray(reference)) {
    return undefined;
  }
  const [, id] =
    Object.entries(reference).find(
      ([name, value]) =>
        /(^|_)id$|Id$|ID$/.test(name) &&
        !/^request_?id$/i.test(name) &&
        (typeof value === "number" || (typeof value === "string" && value !== "")),
    ) ?? [];
  return id === undefined ? undefined : String(id);
}

/** What the account shows, for operators: the balance, what the vendor lists, and what casts doubt on both. */
export function accountFields(evidence: Evidence, locale: Locale): MessageField[] {
  const speak: Speak = (sentence) => say(sentence, locale);
  const { balanceBefore, balanceNow, records, unlisted, alongside } = evidence;
  const balance = (key: MessageKey, at: typeof balanceNow): MessageField[] =>
    at === undefined
      ? []
      : [{ kind: "account", label: speak({ key }), value: [speak(amountSentence(at)), ...quotaTexts(at)].join(" · ") }];
  const quotaTexts = ({ quotas = [] }: BalanceThen) =>
    quotas.map(({ name, used, total }) => {
      const words = inEveryLanguage({ key: "balance.quota", values: { used, total } });
      return speak({ key: "about", values: { subject: inEveryLanguage(name), words } });
    });
  const isAnythingShown = balanceNow !== undefined || records !== undefined;
  return [
    ...balance("job.field.balance-before", balanceBefore),
    ...balance("job.field.balance-now", balanceNow),
    ...(unlisted
      ? [{ label: speak({ key: "job.field.records" }), value: speak({ key: "job.records-not-covered" }) }]
      : []),
    ...(records === undefined ? [] : recordFields({ ...evidence, records }, locale, speak)),
    ...(alongside === undefined || !isAnythingShown ? [] : [alongsideField(alongside, speak)]),
  ];
}

/** That the vendor lists nothing is evidence, too. */
function recordFields(
  {
    records,
    recordsOfOthers: others = 0,
    recordsMore: more = 0,
  }: Evidence & { records: NonNullable<Evidence["records"]> },
  locale: Locale,
  speak: Speak,
): MessageField[] {
  const label = speak({ key: "job.field.records" });
  if (records.length === 0) {
    const key = others === 0 ? "job.records-none" : "job.records-only-others";
    return [{ label, value: speak({ key, values: { count: others } }) }];
  }
  const listed = records.map(({ id, what, time, amount, unit, own }) => ({
    label: `${label} · ${typeof time === "number" ? momentFormat(locale).format(time) : time}`,
    value: [
      what,
      ...(id === undefined || what.includes(id) ? [] : [id]),
      ...(amount === undefined ? [] : [speak(amountSentence({ amount, unit: unit ?? "" }))]),
      ...(own === undefined ? [] : [speak({ key: "job.records-own" })]),
    ].join(" · "),
  }));
  return [
    ...listed,
    ...(more === 0 ? [] : [{ label, value: speak({ key: "job.records-more", values: { count: more } }) }]),
    ...(others === 0 ? [] : [{ label, value: speak({ key: "job.records-of-others", values: { count: others } }) }]),
  ];
}

function alongsideField({ jobs, count }: NonNullable<Evidence["alongside"]>, speak: Speak): MessageField {
  const named = listed(jobs);
  const unnamed = count - jobs.length;
  return {
    label: speak({ key: "job.field.alongside" }),
    value: speak({
      key: unnamed === 0 ? "job.alongside" : "job.alongside-more",
      values: { jobs: named, count: unnamed },
    }),
  };
}
