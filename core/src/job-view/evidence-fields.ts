import type { Locale } from "../ground/locale.ts";
import type { BalanceThen, Evidence, Job } from "../job/job.ts";
import { momentFormat } from "../messages/formats.ts";
import { amountSentence, inEveryLanguage, type MessageKey, say } from "../messages/sentence.ts";
import type { MessageField } from "../surface/message.ts";
import type { Speak } from "./job-message-options.ts";

/** What is known about a step whose end is not, of our own record alone: what to look for at the vendor. */
export function askedAtField({ steps }: Job, step: string, locale: Locale): MessageField[] {
  const startedAt = steps.find(({ name }) => name === step)?.startedAt;
  return startedAt === undefined
    ? []
    : [{ label: say({ key: "job.field.asked-at" }, locale), value: momentFormat(locale).format(startedAt) }];
}

/** What the account shows of it, for operators: balance, what the vendor lists, and what casts doubt on both. */
export function accountFields(evidence: Evidence, locale: Locale): MessageField[] {
  const speak: Speak = (sentence) => say(sentence, locale);
  const { balanceBefore, balanceNow, records, unlisted, alongside } = evidence;
  const balance = (key: MessageKey, at: typeof balanceNow): MessageField[] =>
    at === undefined
      ? []
      : [{ kind: "account", label: speak({ key }), value: [speak(amountSentence(at)), ...quotaWords(at)].join(" · ") }];
  const quotaWords = ({ quotas = [] }: BalanceThen) =>
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

/** That the vendor lists nothing is evidence as well. */
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
  const told = records.map(({ id, what, time, amount, unit, own }) => ({
    label: `${label} · ${typeof time === "number" ? momentFormat(locale).format(time) : time}`,
    value: [
      what,
      ...(id === undefined || what.includes(id) ? [] : [id]),
      ...(amount === undefined ? [] : [speak(amountSentence({ amount, unit: unit ?? "" }))]),
      ...(own === undefined ? [] : [speak({ key: "job.records-own" })]),
    ].join(" · "),
  }));
  return [
    ...told,
    ...(more === 0 ? [] : [{ label, value: speak({ key: "job.records-more", values: { count: more } }) }]),
    ...(others === 0 ? [] : [{ label, value: speak({ key: "job.records-of-others", values: { count: others } }) }]),
  ];
}

function alongsideField({ jobs, count }: NonNullable<Evidence["alongside"]>, speak: Speak): MessageField {
  const named = jobs.join(", ");
  const unnamed = count - jobs.length;
  return {
    label: speak({ key: "job.field.alongside" }),
    value: speak({
      key: unnamed === 0 ? "job.alongside" : "job.alongside-more",
      values: { jobs: named, count: unnamed },
    }),
  };
}
