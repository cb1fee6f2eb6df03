import { type Failure, failureOf, UsageError } from "../errors/errors.ts";
import type { Locale } from "../ground/locale.ts";
import { listed } from "../messages/listed.ts";
import { amountSentence, say } from "../messages/sentence.ts";
import type { Balance } from "../providers/operation.ts";
import type { MessageField } from "../surface/message.ts";
import { provider } from "./field.ts";
import { defineTool, type ProbableSum } from "./tool.ts";

/**
 * Shows what each account has left, and what starts with no known end have probably cost. A vendor that does not answer
 * does not hide the others.
 */
export const getBalance = defineTool({
  name: "get_balance",
  command: "balance",
  effect: "reads",
  title: { en: "Balances", "zh-CN": "账户余额" },
  summary: { en: "Shows what each vendor account has left.", "zh-CN": "查询各服务商账户余额。" },
  primary: "provider",
  private: true,
  operatorsOnly: true,
  input: { provider: provider() },
  async answer(input, { caller, providers, probableCharges }) {
    const { locale } = caller;
    const asked = providers.filter(({ id }) => input.provider === undefined || id === input.provider);
    if (asked.length === 0) {
      throw new UsageError(
        input.provider === undefined
          ? { key: "balance.none" }
          : {
              key: "provider.unknown",
              values: { name: input.provider, names: listed(providers.map(({ id }) => id)) },
            },
        "provider",
      );
    }
    const answers = await Promise.all(
      asked.map(async (provider) => {
        try {
          return { provider, balance: (await provider.balance?.()) ?? null, failure: null };
        } catch (error) {
          return { provider, balance: null, failure: failureOf(error) };
        }
      }),
    );
    const probable = await probableCharges();
    const of = (id: string) => probable.filter(({ provider }) => provider === id);
    return {
      message: {
        tone: answers.some(({ failure }) => failure !== null) ? "warning" : "info",
        title: say({ key: "balance.title" }, locale),
        fields: answers.flatMap(({ provider, ...answer }) => {
          const label = provider.title[locale];
          const sums = of(provider.id);
          return [
            ...balanceFields(label, answer, locale),
            ...(sums.length === 0
              ? []
              : [
                  {
                    label: `${label} · ${say({ key: "balance.probable" }, locale)}`,
                    value: listed(sums.flatMap((sum) => probableText(sum, locale)))[locale],
                  },
                ]),
          ];
        }),
      },
      data: {
        balances: answers.map(({ provider, balance, failure }) => ({
          provider: provider.id,
          ...(balance === null
            ? { balance: null }
            : {
                balance: balance.amount,
                unit: balance.unit,
                quotas: balance.quotas.map(({ name, used, total }) => ({ name: say(name, "en"), used, total })),
              }),
          probablyCharged: of(provider.id).map(({ unit, amount, unpriced }) => ({
            amount,
            unit: unit === "" ? null : unit,
            startsOfUnknownPrice: unpriced,
          })),
          ...(failure === null
            ? {}
            : {
                error: {
                  message: say(failure.sentence, locale),
                  code: failure.vendorCode ?? null,
                  vendorMessage: failure.vendorMessage ?? null,
                },
              }),
        })),
      },
    };
  },
});

function balanceFields(
  label: string,
  { balance, failure }: { balance: Balance | null; failure: Failure | null },
  locale: Locale,
): MessageField[] {
  if (failure !== null) {
    return [{ label, value: say(failure.sentence, locale) }];
  }
  if (balance === null) {
    return [{ label, value: say({ key: "balance.not-offered" }, locale) }];
  }
  return [
    { label, value: say(amountSentence(balance), locale) },
    ...balance.quotas.map(({ name, used, total }) => ({
      label: `${label} · ${say(name, locale)}`,
      value: say({ key: "balance.quota", values: { used, total } }, locale),
    })),
  ];
}

function probableText({ amount, unit, unpriced }: ProbableSum, locale: Locale): string[] {
  return [
    ...(amount === 0 ? [] : [say(amountSentence({ amount, unit }), locale)]),
    ...(unpriced === 0 ? [] : [say({ key: "balance.unpriced", values: { count: unpriced } }, locale)]),
  ];
}
