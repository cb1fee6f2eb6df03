import type { LocalizedText } from "@toolcast/core";
import type { ProviderDefinition, Setting } from "@toolcast/core/provider";
import { type Sentence, say } from "@toolcast/core/surface";
import type { AnyAdapter } from "./built-in-adapters.ts";
import { ConfigurationError, type Problem } from "./configuration-error.ts";
import { reasonOf } from "./plugin-problems.ts";
import { wrongValue } from "./wrong-value.ts";

// biome-ignore lint/suspicious/noExplicitAny: a provider's settings are only known to its own definition
export type AnyProvider = ProviderDefinition<any>;

/** A definition that is configured by its own variables. */
type AnyDefinition = Pick<AnyProvider, "id" | "title" | "settings" | "schema">;

/** A provider or adapter whose variables are all set and valid. */
export interface Configured<Definition extends AnyDefinition> {
  definition: Definition;
  /** The values of its variables, defaults included. */
  values: Record<string, string | undefined>;
}

type Environment = Readonly<Record<string, string | undefined>>;

type Read<Definition extends AnyDefinition> = { configured: Configured<Definition> | null; problems: Problem[] };

/** Reads the variables of one provider, and checks that it can be used with them. */
export function readProvider(definition: AnyProvider, environment: Environment): Read<AnyProvider> {
  return readDefinition(definition, environment, (settings) => {
    definition.hosts(settings);
    definition.onLoopback(settings);
    definition.limits(settings);
  });
}

/** The same for a chat platform. */
export function readAdapter(definition: AnyAdapter, environment: Environment): Read<AnyAdapter> {
  return readDefinition(definition, environment, (settings) => {
    definition.hosts(settings);
  });
}

/**
 * Null when none of its variables is set. A half-configured definition is a problem; one that needs no variables is
 * always configured. `use` tries what the rest of the program will do with these settings, so that errors show now
 * rather than later.
 */
function readDefinition<Definition extends AnyDefinition>(
  definition: Definition,
  environment: Environment,
  use: (settings: unknown) => void,
): Read<Definition> {
  const given = definition.settings.filter((setting) => isSet(environment[setting.variable]));
  const { meantBy } = definition as { meantBy?: string };
  const isMeant = meantBy === undefined ? given.length > 0 : isSet(environment[meantBy]);
  if (!isMeant && definition.settings.length > 0) {
    return { configured: null, problems: [] };
  }
  const missing = definition.settings.filter(
    (setting) => setting.required && setting.default === undefined && !isSet(environment[setting.variable]),
  );
  if (missing.length > 0) {
    return {
      configured: null,
      problems: missing.map((setting) => missingSetting(definition, setting, given, missing)),
    };
  }
  const values = Object.fromEntries(
    definition.settings.map(({ variable, default: fallback }) => [
      variable,
      isSet(environment[variable]) ? environment[variable]?.trim() : fallback,
    ]),
  );
  let parsed: ReturnType<AnyDefinition["schema"]["safeParse"]>;
  try {
    parsed = definition.schema.safeParse(values);
  } catch (error) {
    return { configured: null, problems: [unreadableSettings(definition, reasonOf(error))] };
  }
  if (parsed.success) {
    return { configured: { definition, values }, problems: problemsOfUse(() => use(parsed.data)) };
  }
  const problems = parsed.error.issues.map((issue) => {
    const name = issue.path
      .map(String)
      .find((part) => definition.settings.some((setting) => setting.variable === part));
    const setting = definition.settings.find((candidate) => candidate.variable === name);
    return setting?.rule !== undefined && setting.example !== undefined
      ? wrongValue(setting.variable, values[setting.variable] ?? "", {
          ...setting,
          rule: setting.rule,
          example: setting.example,
        })
      : refusedSetting(definition, setting, issueText(issue));
  });
  // One sentence per variable, because a value may break both its own rule and one about several variables.
  const first = problems.filter(
    ({ variable }, at) => problems.findIndex((other) => other.variable === variable) === at,
  );
  return { configured: null, problems: first };
}

function problemsOfUse(use: () => void): Problem[] {
  try {
    use();
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) {
      return [...error.problems];
    }
    throw error;
  }
}

function unreadableSettings({ id, settings: [first] }: AnyDefinition, reason: string): Problem {
  return {
    variable: first?.variable ?? id,
    sentence: {
      en: `The settings of the provider ${id} cannot be read: its schema threw ${reason}. Correct its package or remove it from toolcast.config.`,
      "zh-CN": `无法读取服务商 ${id} 的设置：其 schema 抛出 ${reason}。请修正其软件包，或从 toolcast.config 中移除。`,
    },
  };
}

/** The values of all secret variables, even of definitions that cannot be used. */
export function secretsGiven(definitions: readonly AnyDefinition[], environment: Environment): string[] {
  return definitions.flatMap(({ settings }) =>
    settings.flatMap(({ variable, secret }) => (secret && environment[variable] ? [environment[variable]] : [])),
  );
}

/** The values that must never be printed. */
export function secretsOf({ definition, values }: Configured<AnyDefinition>): string[] {
  return definition.settings.flatMap(({ variable, secret }) => (secret && values[variable] ? [values[variable]] : []));
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value.trim() !== "";
}

function missingSetting(
  definition: AnyDefinition,
  setting: Setting,
  given: readonly Setting[],
  missing: readonly Setting[],
): Problem {
  const have = given.map(({ variable }) => variable);
  const need = missing.map(({ variable }) => variable);
  const { title } = definition;
  const chineseTitle = spaced(title["zh-CN"]);
  return {
    variable: setting.variable,
    sentence: {
      en: `${setting.variable} is missing (${clause(setting.summary.en)}). ${title.en} is only half configured: ${have.join(", ")} ${have.length === 1 ? "is" : "are"} set. Set ${need.join(", ")} too, or remove all of its variables to go without ${title.en}.`,
      "zh-CN": `缺少 ${setting.variable}（${clause(setting.summary["zh-CN"])}）。${chineseTitle.trimStart()}只配置了一部分：已设置 ${have.join("、")}。请补上 ${need.join("、")}；若不使用${chineseTitle.trimEnd()}，请删除它的所有变量。`,
    },
  };
}

/** Chinese typography puts a space between Chinese and Latin characters. */
function spaced(name: string): string {
  return `${/^[\x21-\x7e]/.test(name) ? " " : ""}${name}${/[\x21-\x7e]$/.test(name) ? " " : ""}`;
}

function refusedSetting(definition: AnyDefinition, setting: Setting | undefined, text: LocalizedText): Problem {
  const variable = setting?.variable ?? definition.settings[0]?.variable ?? definition.id;
  const summary = setting?.summary ?? definition.title;
  return {
    variable,
    sentence: {
      en: `${variable} (${clause(summary.en)}) cannot be used: ${clause(text.en)}. Correct it${setting?.required ? "" : " or remove it"}.`,
      "zh-CN": `${variable}（${clause(summary["zh-CN"])}）的值不可用：${clause(text["zh-CN"])}。请改正${setting?.required ? "" : "或删除"}。`,
    },
  };
}

/**
 * An issue's message in every language: our own schemas put a sentence into its params, others bring their own text.
 */
function issueText(issue: { message: string; params?: unknown }): LocalizedText {
  const sentence = (issue.params as { sentence?: Sentence } | undefined)?.sentence;
  return sentence === undefined
    ? { en: issue.message, "zh-CN": issue.message }
    : { en: say(sentence, "en"), "zh-CN": say(sentence, "zh-CN") };
}

/** A sentence to use within another: without its full stop. */
function clause(sentence: string): string {
  return sentence.replace(/[.。]$/u, "");
}
