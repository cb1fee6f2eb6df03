import type { Json, Locale, LocalizedText } from "@toolcast/core";
import type { Setting } from "@toolcast/core/provider";
import stringWidth from "string-width";
import type { AnyAdapter } from "../configuration/built-in-adapters.ts";
import type { Configuration } from "../configuration/configuration.ts";
import type { AnyProvider } from "../configuration/definition-settings.ts";
import { plainText } from "./plain-text.ts";

/** The state of a variable; values are never shown. */
type State = "set" | "default" | "missing" | "unset";

const stateTexts = {
  set: { en: "set", "zh-CN": "已设置" },
  default: { en: "default", "zh-CN": "默认值" },
  missing: { en: "needed", "zh-CN": "必填" },
  unset: { en: "not set", "zh-CN": "未设置" },
  ready: { en: "set up", "zh-CN": "已配置" },
  absent: { en: "not set up", "zh-CN": "未配置" },
} as const satisfies Record<string, LocalizedText>;

/** This installation's defaults of variables whose default has changed, by variable. */
export type KeptDefaults = Readonly<Record<string, string>>;

/** Every variable of every provider and chat platform, from its definition, as `doctor --json` reports it. */
export function settingsJson(configuration: Configuration, locale: Locale, kept: KeptDefaults): Json {
  return definitionsOf(configuration).flatMap(({ kind, definition }) =>
    definition.settings.map(
      (setting): Json => ({
        [kind]: definition.id,
        variable: setting.variable,
        summary: setting.summary[locale],
        required: setting.required ?? false,
        secret: setting.secret ?? false,
        default: kept[setting.variable] ?? setting.default ?? null,
        set: stateOf(configuration, definition, setting) === "set",
      }),
    ),
  );
}

/** The same for people: one block per provider, one line per variable. */
export function settingsLines(configuration: Configuration, locale: Locale, kept: KeptDefaults): string[] {
  return definitionsOf(configuration).flatMap(({ definition }) => {
    const rows = definition.settings.map((setting) => {
      const state = stateOf(configuration, definition, setting);
      const value = state === "default" ? ` ${kept[setting.variable] ?? setting.default}` : "";
      return [setting.variable, `${stateTexts[state][locale]}${value}`, setting.summary[locale]] as const;
    });
    const widths = [0, 1].map((column) => Math.max(0, ...rows.map((row) => stringWidth(row[column] ?? ""))));
    const name = definition.title[locale] + (locale === "zh-CN" ? `（${definition.id}）：` : ` (${definition.id}): `);
    const head = `${name}${stateTexts[valuesOf(configuration, definition) ? "ready" : "absent"][locale]}`;
    return [
      head,
      ...rows.map(
        ([variable, state, summary]) => `  ${pad(variable, widths[0])}  ${pad(state, widths[1])}  ${summary}`,
      ),
    ].map(plainText);
  });
}

type AnyDefinition = AnyProvider | AnyAdapter;

function definitionsOf({ definitions, adapterDefinitions }: Configuration) {
  return [
    ...definitions.map((definition) => ({ kind: "provider", definition }) as const),
    ...adapterDefinitions.map((definition) => ({ kind: "adapter", definition }) as const),
  ];
}

function stateOf(configuration: Configuration, definition: AnyDefinition, setting: Setting): State {
  const value = valuesOf(configuration, definition)?.[setting.variable];
  if (value !== undefined && value !== setting.default) {
    return "set";
  }
  return setting.default !== undefined ? "default" : setting.required ? "missing" : "unset";
}

/** The values the operator has set, which do not include the sandbox's. */
function valuesOf({ providers, adapters, sandboxUrl }: Configuration, definition: AnyDefinition) {
  const own = [...(sandboxUrl === undefined ? providers : []), ...adapters];
  return own.find((configured) => configured.definition === definition)?.values;
}

function pad(text: string, width = 0): string {
  return text + " ".repeat(Math.max(0, width - stringWidth(text)));
}
