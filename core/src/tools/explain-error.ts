import { type CatalogEntry, catalogVendors } from "../errors/catalog.ts";
import { type Failure, UsageError } from "../errors/errors.ts";
import { vendorNamed } from "../errors/explain/evidence.ts";
import { type Explanation, explain } from "../errors/explain.ts";
import type { Json } from "../ground/json.ts";
import type { Locale } from "../ground/locale.ts";
import type { Job } from "../job/job.ts";
import { listed } from "../messages/listed.ts";
import { type Sentence, say } from "../messages/sentence.ts";
import type { Message, MessageField } from "../surface/message.ts";
import { text } from "./field.ts";
import { defineTool, type ToolContext } from "./tool.ts";

/** How many explanations people are shown; more help nobody in a conversation, but programs get them all. */
const shown = 5;

/** Texts of up to so many characters may be a code with little else. */
const longestBare = 200;

/** What a vendor's code means, who can fix it and what to do. Without a text: the caller's last failure. */
export const explainError = defineTool({
  name: "explain_error",
  command: "explain",
  effect: "reads",
  title: { en: "Explain an error", "zh-CN": "解释错误码" },
  summary: {
    en: "Explains a vendor's error code, message or log. Without a text: your last failed job.",
    "zh-CN": "解释服务商的错误码、报错或日志；不填则为最近一次失败的任务。",
  },
  primary: "text",
  input: {
    text: text({
      title: { en: "Code or text", "zh-CN": "错误码或报错内容" },
      summary: {
        en: "A code such as 10013 or 20007, or any text that contains one.",
        "zh-CN": "错误码（如 10013、20007），或包含错误码的任意文本。",
      },
      maxLength: 1_000_000,
      multiline: true,
      optional: true,
    }),
    provider: text({
      title: { en: "Provider", "zh-CN": "服务商" },
      summary: {
        en: "Whose code it is: spark, dashscope, xjc or speech-sdk.",
        "zh-CN": "错误码所属的服务商：spark、dashscope、xjc 或 speech-sdk。",
      },
      maxLength: 40,
      completes: true,
      optional: true,
    }),
  },
  async complete(field, partial) {
    return field === "provider"
      ? catalogVendors()
          .filter((id) => id.startsWith(partial))
          .map((id) => ({ value: id, label: id }))
      : [];
  },
  async answer(input, context) {
    const { locale } = context.caller;
    const provider = input.provider === undefined ? undefined : vendorNamed(input.provider);
    if (input.provider !== undefined && provider === undefined) {
      const values = { actual: input.provider, providers: listed(catalogVendors()) };
      throw new UsageError({ key: "explain.unknown-provider", values }, "provider");
    }
    const asked = input.text ?? "";
    const isAboutLast = asked.trim() === "";
    const about = { provider, providers: context.providers.map(({ id }) => id) };
    const alone = isAboutLast ? [] : explain(asked, about);
    // The caller's history is read only if it can matter: a log says by itself whose code it is.
    const needsLast = isAboutLast || (asked.length <= longestBare && isAmbiguous(alone));
    const failed = needsLast ? await lastFailureOf(context) : undefined;
    if (isAboutLast && failed?.vendorCode === undefined) {
      return { message: lastWithoutCode(failed, locale), data: { matches: [] } };
    }
    const explanations =
      failed?.provider === undefined || failed.vendorCode === undefined
        ? alone
        : explain(asked, { ...about, lastFailure: { provider: failed.provider, code: failed.vendorCode } });
    return {
      message: {
        tone: explanations.length === 0 ? "warning" : "info",
        title: say({ key: explanations.length === 0 ? "explain.none" : "explain.title" }, locale),
        fields: explanations.slice(0, shown).flatMap((explanation) => explanationFields(explanation, locale)),
      },
      data: { matches: explanations.map(explanationJson) },
    };
  },
});

/** Whether one code of the text has several readings. */
function isAmbiguous(explanations: readonly Explanation[]): boolean {
  return explanations.some(
    ({ matchedText }, index) => explanations.findIndex((other) => other.matchedText === matchedText) < index,
  );
}

/** The failure of the caller's last job that failed, whether or not its vendor gave a code. */
async function lastFailureOf({ jobs }: ToolContext): Promise<Failure | undefined> {
  const [last] = await jobs.list({ phases: ["failed", "unresolved"], limit: 1 });
  return last === undefined ? undefined : failureIn(last);
}

function lastWithoutCode(failure: Failure | undefined, locale: Locale): Omit<Message, "private"> {
  const speak = (sentence: Sentence) => say(sentence, locale);
  return failure === undefined
    ? { tone: "info", title: speak({ key: "explain.no-failed-job" }) }
    : { tone: "info", title: speak({ key: "explain.last-without-code" }), lines: [speak(failure.sentence)] };
}

function failureIn({ state }: Job) {
  return state.phase === "failed" ? state.failure : state.phase === "unresolved" ? state.evidence.failure : undefined;
}

/** What a match means, who can act and what to do, as facts for people. */
export function explanationFields(
  { entry, matchedText, reason, unknown }: Explanation,
  locale: Locale,
): MessageField[] {
  const speak = (key: Parameters<typeof say>[0]) => say(key, locale);
  if (entry === null) {
    return [{ label: unknown?.code ?? matchedText, value: unknown?.advice[locale] ?? reason[locale], copyable: false }];
  }
  const fields: MessageField[] = [
    { label: `${entry.provider} ${entry.code}`, value: entry.meaning[locale] },
    { kind: "next", label: speak({ key: "job.field.next" }), value: entry.remedy[locale] },
    { kind: "actor", label: speak({ key: "job.field.actor" }), value: speak({ key: `job.actor.${entry.actor}` }) },
    {
      kind: "charged",
      label: speak({ key: "job.field.charged" }),
      value: speak({ key: `job.charged.${entry.charged}` }),
    },
    { kind: "vendor-words", label: speak({ key: "job.field.words" }), value: entry.vendorText },
  ];
  return fields.filter(({ value }) => value !== "");
}

/** One match for programs: the entry's fields, and the reason for its rank. */
export function explanationJson({ entry, matchedText, score, reason, unknown }: Explanation): Json {
  return {
    matchedText,
    score,
    reason: { ...reason },
    ...(entry === null
      ? {
          provider: null,
          code: unknown?.code ?? matchedText,
          advice: unknown === undefined ? null : { ...unknown.advice },
          nearMisses: (unknown?.nearMisses ?? []).map(entryJson),
        }
      : (entryJson(entry) as Record<string, Json>)),
  };
}

/** A catalogue entry for programs. */
export function entryJson(entry: CatalogEntry): Json {
  const { provider, layer, code, httpStatus, vendorText, vendorRemedy, actor, category, charged, source } = entry;
  return {
    provider,
    layer,
    code,
    httpStatus,
    vendorText,
    vendorRemedy,
    meaning: { ...entry.meaning },
    remedy: { ...entry.remedy },
    actor,
    category,
    retry: { ...entry.retry },
    charged,
    source,
  };
}
