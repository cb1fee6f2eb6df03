import type { LocalizedText } from "@toolcast/core";
import type { Setting } from "@toolcast/core/provider";
import type { KnownParts } from "./known-parts.ts";
import { ownSettings } from "./own-settings.ts";
import { givenValue } from "./variables.ts";

/** A variable that can be set here. Its value is not part of this. */
export interface KnownSetting {
  variable: string;
  summary: LocalizedText;
  /** A clause that completes "it must be …"; null if only its definition knows. */
  rule: LocalizedText | null;
  /** A value, or a clause that describes what applies; null for none. */
  default: string | LocalizedText | null;
  /** The default of installations that began before the present one; null if it is the same. */
  earlierDefault: string | null;
  example: string | null;
  /** Whether its provider or platform needs it. */
  required: boolean;
  secret: boolean;
  isSet: boolean;
}

/** The variables of one definition, or Toolcast's own. */
export interface SettingGroup {
  kind: "toolcast" | "provider" | "adapter";
  id: string;
  title: LocalizedText;
  settings: KnownSetting[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Every variable of an installation: Toolcast's own, then those of its providers and chat platforms. */
export function knownSettings(
  { definitions, adapterDefinitions }: Pick<KnownParts, "definitions" | "adapterDefinitions">,
  environment: Environment,
): SettingGroup[] {
  const own = Object.entries(ownSettings).map(
    ([variable, { secret = false, ...setting }]): KnownSetting => ({
      ...{ ...setting, variable, secret, earlierDefault: null, required: false },
      isSet: givenValue(environment, variable) !== undefined,
    }),
  );
  const defined = (kind: "provider" | "adapter") => (definition: Defined) => ({
    ...{ kind, id: definition.id, title: definition.title },
    settings: definition.settings.map((setting) => definedSetting(setting, environment)),
  });
  return [
    { kind: "toolcast" as const, id: "toolcast", title: { en: "Toolcast", "zh-CN": "Toolcast" }, settings: own },
    ...definitions.map(defined("provider")),
    ...adapterDefinitions.map(defined("adapter")),
  ].filter(({ settings }) => settings.length > 0);
}

interface Defined {
  id: string;
  title: LocalizedText;
  settings: readonly Setting[];
}

function definedSetting(setting: Setting, environment: Environment): KnownSetting {
  const { variable, summary, rule = null, example = null, required = false, secret = false } = setting;
  return {
    ...{ variable, summary, rule, example, secret },
    default: setting.default ?? null,
    earlierDefault: setting.earlierDefault?.value ?? null,
    required: required && setting.default === undefined,
    isSet: givenValue(environment, variable) !== undefined,
  };
}
