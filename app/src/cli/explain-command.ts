import type { Locale, LocalizedText } from "@toolcast/core";
import { type CatalogEntry, catalogEntries, catalogVendors, type Explanation, explain } from "@toolcast/core/errors";
import { entryJson, explanationFields, explanationJson, fieldText } from "@toolcast/core/surface";
import { findConfigurationFiles } from "../configuration/files.ts";
import { readPlugins } from "../configuration/known-plugins.ts";
import type { CommandContext } from "./command-context.ts";
import { exitCodes } from "./exit-codes.ts";
import { plainText } from "./plain-text.ts";
import { refuseUsage } from "./refuse-usage.ts";

export interface ExplainOptions {
  provider?: string;
  all?: boolean;
}

const nearMisses = { en: "similar codes", "zh-CN": "相近的错误码" };
const retry = { en: "Retry", "zh-CN": "重试" };

const retries: Record<CatalogEntry["retry"]["kind"], LocalizedText> = {
  never: { en: "not automatically; a person decides", "zh-CN": "不自动重试，由人决定" },
  later: { en: "later, automatically", "zh-CN": "稍后自动重试" },
  "after-change": { en: "after a change", "zh-CN": "修改后再试" },
  "no-error": { en: "not an error", "zh-CN": "不是错误" },
};

/** `toolcast explain`: what a code means, or any pasted text that contains codes. */
export async function explainCommand(
  context: CommandContext,
  typed: readonly string[],
  options: ExplainOptions,
): Promise<void> {
  const { output, source } = context;
  const { provider } = options;
  // Works even if the rest of the configuration is wrong: the explanation may be needed to fix it.
  await readPlugins(findConfigurationFiles(source.workingDirectory), source.plugins);
  const vendors = catalogVendors();
  if (provider !== undefined && !vendors.includes(provider)) {
    return refuseUsage(
      {
        en: `there is no provider ${provider}; the known ones are ${vendors.join(", ")}.`,
        "zh-CN": `没有名为 ${provider} 的服务商，可选：${vendors.join("、")}。`,
      },
      "provider",
    );
  }
  if (options.all) {
    const entries = catalogEntries().filter((entry) => provider === undefined || entry.provider === provider);
    output.document(entries.map(entryJson));
    output.print(entries.map((entry) => entryLine(entry, output.locale)).join("\n"));
    return;
  }
  const text = typed.join(" ").trim();
  if (text === "") {
    return refuseUsage({
      en: "Give a code or paste what you saw, for example: toolcast explain 10013. --all lists every code.",
      "zh-CN": "请提供错误码或粘贴看到的内容，例如：toolcast explain 10013。--all 可列出全部错误码。",
    });
  }
  const matches = explain(text, { provider });
  if (matches.length === 0) {
    const nothing = {
      en: "No error code was found in this text. Paste the vendor's whole answer or log line.",
      "zh-CN": "其中没有找到错误码。请粘贴服务商的完整响应或日志行。",
    };
    output.print(nothing[output.locale]);
    context.exitWith(exitCodes.failed);
  }
  output.document({ matches: matches.map(explanationJson) });
  output.print(matches.map((match) => matchText(match, output.locale)).join("\n\n"));
}

function matchText(explanation: Explanation, locale: Locale): string {
  const { entry, reason, unknown, matchedText } = explanation;
  if (entry === null) {
    const near = unknown?.nearMisses ?? [];
    return plainText(
      [
        unknown?.code ?? matchedText,
        `  ${reason[locale]}`,
        ...(unknown === undefined ? [] : [`  ${unknown.advice[locale]}`]),
        ...(near.length === 0
          ? []
          : [
              `  ${fieldText({ label: nearMisses[locale], value: "" }, locale).trimEnd()}`,
              ...near.map((one) => `    ${entryLine(one, locale)}`),
            ]),
      ].join("\n"),
    );
  }
  const [, ...facts] = explanationFields(explanation, locale);
  const lines = [...facts, { label: retry[locale], value: retries[entry.retry.kind][locale] }];
  return plainText(
    [entryLine(entry, locale), ...lines.map((line) => `  ${fieldText(line, locale)}`), `  ${reason[locale]}`].join(
      "\n",
    ),
  );
}

function entryLine(entry: CatalogEntry, locale: Locale): string {
  const layer = locale === "zh-CN" ? `（${entry.layer}）` : ` (${entry.layer})`;
  return plainText(
    fieldText({ label: `${entry.provider} ${entry.code}${layer}`, value: entry.meaning[locale] }, locale),
  );
}
