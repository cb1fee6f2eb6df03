import { failureOf, UsageError } from "../errors/errors.ts";
import type { Locale } from "../ground/locale.ts";
import { momentFormat } from "../messages/formats.ts";
import { amountSentence, formatDuration, say } from "../messages/sentence.ts";
import type { BillLine } from "../providers/operation.ts";
import type { MessageField } from "../surface/message.ts";
import { integer } from "./field.ts";
import { defineTool } from "./tool.ts";

const usualPageSize = 10;

/** Lists the charges to vendor accounts, as the vendors list them. */
export const listBills = defineTool({
  name: "list_bills",
  command: "bills",
  effect: "reads",
  title: { en: "Bills", "zh-CN": "账单明细" },
  summary: {
    en: "Lists what the vendor charged. AI-XJC lists videos only.",
    "zh-CN": "查询扣费明细。AI-XJC 仅列出视频合成。",
  },
  primary: "page",
  private: true,
  operatorsOnly: true,
  input: {
    page: integer({
      title: { en: "Page", "zh-CN": "页码" },
      summary: { en: "From 1, the newest. Default 1.", "zh-CN": "从 1 开始，默认 1。" },
      minimum: 1,
      maximum: 100_000,
      optional: true,
    }),
    page_size: integer({
      title: { en: "Lines a page", "zh-CN": "每页条数" },
      summary: { en: "From 1 to 50. Default 10.", "zh-CN": "1 到 50，默认 10。" },
      minimum: 1,
      maximum: 50,
      optional: true,
    }),
  },
  async answer({ page = 1, page_size: pageSize = usualPageSize }, { caller, providers }) {
    const { locale } = caller;
    const listing = providers.filter(({ bills }) => bills !== undefined);
    if (listing.length === 0) {
      throw new UsageError({ key: "bills.none" });
    }
    const answers = await Promise.all(
      listing.map(async (provider) => {
        try {
          return { provider, bills: await provider.bills!(page, pageSize), failure: null };
        } catch (error) {
          return { provider, bills: null, failure: failureOf(error) };
        }
      }),
    );
    return {
      message: {
        tone: answers.some(({ failure }) => failure !== null) ? "warning" : "info",
        title: say({ key: "bills.title", values: { page } }, locale),
        lines: answers.flatMap(({ provider, bills, failure }) => {
          const sentence = failure?.sentence ?? { key: "bills.total" as const, values: { total: bills?.total ?? 0 } };
          const about = { subject: provider.title[locale], words: say(sentence, locale) };
          return [say({ key: "about", values: about }, locale), ...(bills === null ? [] : [say(bills.covers, locale)])];
        }),
        fields: answers.flatMap(({ bills }) =>
          (bills?.lines ?? []).map(({ type, what, time, at, durationMs, amount, unit }) => ({
            ...whenAndWhat({ type, what, time, at }, locale),
            value: [
              say(amountSentence({ amount, unit }), locale),
              ...(durationMs === undefined ? [] : [formatDuration(durationMs, locale)]),
            ].join(" · "),
          })),
        ),
      },
      data: {
        page,
        pageSize,
        bills: answers.map(({ provider, bills, failure }) => ({
          provider: provider.id,
          total: bills?.total ?? null,
          covers: bills === null ? null : say(bills.covers, locale),
          lines: (bills?.lines ?? []).map(({ type, time, durationMs, amount, unit }) => ({
            type,
            time,
            seconds: durationMs === undefined ? null : durationMs / 1000,
            amount,
            unit,
          })),
          error: failure === null ? null : { message: say(failure.sentence, locale), code: failure.vendorCode ?? null },
        })),
      },
    };
  },
});

/** The time is written in the reader's language, and named, so that a platform can show it in the reader's zone. */
function whenAndWhat(
  { type, what, time, at }: Pick<BillLine, "type" | "what" | "time" | "at">,
  locale: Locale,
): Pick<MessageField, "label" | "moments"> {
  const text = at === undefined ? time : momentFormat(locale).format(at);
  const moments = at === undefined ? [] : [{ text, at, detail: "second" as const }];
  return { label: [text, what?.[locale] ?? type].filter(Boolean).join(" "), moments };
}
