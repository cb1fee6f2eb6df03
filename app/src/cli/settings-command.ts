import type { Json, Locale } from "@toolcast/core";
import { locales } from "@toolcast/core/surface";
import { mergeEnvironments } from "../configuration/configuration.ts";
import { findConfigurationFiles } from "../configuration/files.ts";
import { readKnownParts } from "../configuration/known-parts.ts";
import { type KnownSetting, knownSettings, type SettingGroup } from "../configuration/known-settings.ts";
import type { CommandContext } from "./command-context.ts";
import { plainText } from "./plain-text.ts";

/**
 * `toolcast settings`: every variable and whether it is set, never its value. It works while settings are wrong, when
 * it is most needed.
 */
export async function settingsCommand({ output, source }: CommandContext, options: { env?: boolean }): Promise<void> {
  const files = findConfigurationFiles(source.workingDirectory);
  const parts = await readKnownParts(files, source.plugins);
  const groups = knownSettings(parts, mergeEnvironments(files.dotEnv, source.environment));
  if (options.env) {
    const text = environmentFile(groups);
    output.print(text);
    output.document({ text });
    return;
  }
  output.print(groups.map((group) => groupText(group, output.locale)).join("\n\n"));
  output.document({ settings: groups.flatMap((group) => groupJson(group, output.locale)) });
}

function groupText(group: SettingGroup, locale: Locale): string {
  const lines = group.settings.flatMap((setting) => [
    `  ${setting.variable}${stateTexts[setting.isSet ? "set" : "unset"][locale]}`,
    `    ${summaryOf(setting, locale)}`,
    ...[detailOf(setting, locale, "with example")].filter((detail) => detail !== "").map((detail) => `    ${detail}`),
  ]);
  return [headOf(group, locale), ...lines].map(plainText).join("\n");
}

const stateTexts = {
  set: { en: ": set", "zh-CN": "：已设置" },
  unset: { en: ": not set", "zh-CN": "：未设置" },
};

function headOf({ kind, id, title }: SettingGroup, locale: Locale): string {
  return kind === "toolcast" ? title[locale] : title[locale] + (locale === "zh-CN" ? `（${id}）` : ` (${id})`);
}

/** Plugins write it with or without a full stop. */
function summaryOf({ summary }: KnownSetting, locale: Locale): string {
  return summary[locale].replace(/[.。]?$/u, locale === "zh-CN" ? "。" : ".");
}

/** What its value must be, what applies without it, and an example. */
function detailOf(setting: KnownSetting, locale: Locale, wants?: "with example"): string {
  const { rule, required } = setting;
  const example = wants === undefined || setting.example === setting.default ? null : setting.example;
  const fallback = defaultText(setting, locale);
  const says =
    locale === "zh-CN"
      ? [
          required ? "必填。" : "",
          rule === null ? "" : `须为${/^[\x21-\x7e]/.test(rule["zh-CN"]) ? " " : ""}${rule["zh-CN"]}。`,
          fallback === null ? "" : `默认：${fallback}。`,
          example === null ? "" : `例如：${example}`,
        ]
      : [
          required ? "Required." : "",
          rule === null ? "" : `Must be ${rule.en}.`,
          fallback === null ? "" : `Default: ${fallback}.`,
          example === null ? "" : `Example: ${example}`,
        ];
  return says.filter((part) => part !== "").join(locale === "zh-CN" ? "" : " ");
}

function defaultText({ default: given, earlierDefault }: KnownSetting, locale: Locale): string | null {
  if (given === null) {
    return null;
  }
  const text = typeof given === "string" ? given : given[locale];
  if (earlierDefault === null) {
    return text;
  }
  return locale === "zh-CN"
    ? `${text}（较早开始使用的系统保持 ${earlierDefault}）`
    : `${text} (older installations keep ${earlierDefault})`;
}

function groupJson({ kind, id, settings }: SettingGroup, locale: Locale): Json[] {
  return settings.map(
    (setting): Json => ({
      ...(kind === "toolcast" ? {} : { [kind]: id }),
      variable: setting.variable,
      summary: setting.summary[locale],
      rule: setting.rule?.[locale] ?? null,
      default: defaultText(setting, locale),
      example: setting.example,
      required: setting.required,
      secret: setting.secret,
      set: setting.isSet,
    }),
  );
}

const fileHead = [
  "# Toolcast's settings. Copy this file to .env, and remove the # before each variable you set.",
  "# Toolcast 的设置。请将本文件复制为 .env，再去掉要设置的变量前的 #。",
];

/** The same as a `.env` file in which nothing is set yet, in both languages. */
function environmentFile(groups: readonly SettingGroup[]): string {
  const sections = groups.map((group) => {
    const titles = [...new Set(locales.map((locale) => group.title[locale]))].join(" / ");
    return [
      `# --- ${titles}${group.kind === "toolcast" ? "" : ` (${group.id})`} ---`,
      ...group.settings.flatMap((setting) => ["", ...assignment(setting)]),
    ];
  });
  return `${[fileHead, ...sections].map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function assignment(setting: KnownSetting): string[] {
  const { variable, secret, example, default: fallback } = setting;
  const value = example ?? (typeof fallback === "string" ? fallback : "");
  return [
    ...locales.map((locale) => `# ${summaryOf(setting, locale)}`),
    // An example of a secret must not become one.
    ...locales
      .map((locale) => detailOf(setting, locale, secret ? "with example" : undefined))
      .filter((detail) => detail !== "")
      .map((detail) => `# ${detail}`),
    `#${variable}=${secret ? "" : value}`,
  ].map((line) => plainText(line));
}
