import { failureOf, UsageError } from "../errors/errors.ts";
import { amountSentence, say } from "../messages/sentence.ts";
import { providerField } from "./provider-field.ts";
import { defineTool } from "./tool.ts";

/** What each account has left. One vendor that does not answer does not hide the others. */
export const getBalance = defineTool({
  name: "get_balance",
  command: "balance",
  effect: "reads",
  title: { en: "Balances", "zh-CN": "账户余额" },
  summary: { en: "Shows what each vendor account has left.", "zh-CN": "查询各服务商账户余额。" },
  primary: "provider",
  private: true,
  operatorsOnly: true,
  input: { provider: providerField },
  async complete(_field, partial, { providers, caller }) {
    return providers
      .filter(({ id }) => id.startsWith(partial))
      .map(({ id, title }) => ({ value: id, label: title[caller.locale] }));
  },
  async answer(input, { caller, providers }) {
    const { locale } = caller;
    const asked = providers.filter(({ id }) => input.provider === undefined || id === input.provider);
    if (asked.length === 0) {
      throw new UsageError(
        input.provider === undefined
          ? { key: "balance.none" }
          : {
              key: "provider.unknown",
              values: { name: input.provider, names: providers.map(({ id }) => id).join(", ") },
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
    return {
      message: {
        tone: answers.some(({ failure }) => failure !== null) ? "warning" : "info",
        title: say({ key: "balance.title" }, locale),
        fields: answers.flatMap(({ provider, balance, failure }) => {
          const label = provider.title[locale];
          if (failure !== null) {
            return [{ label, value: say(failure.sentence, locale) }];
          }
          if (balance === null) {
            return [{ label, value: say({ key: "balance.not-offered" }, locale) }];
          }
          return [
            {
              label,
              value: say(amountSentence(balance), locale),
            },
            ...balance.quotas.map(({ name, used, total }) => ({
              label: `${label} · ${say(name, locale)}`,
              value: say({ key: "balance.quota", values: { used, total } }, locale),
            })),
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
