import { nearestWord } from "@toolcast/core/surface";
import type { Problem } from "./configuration-error.ts";

/** Shorter names are too likely to be somebody else's. */
const leastCharacters = 8;

/**
 * Variables that are set, mean nothing to Toolcast and are nearly named like one of `known` that is not set, or lack its
 * last words: a limit with a misspelt name would limit nothing. Setting the right name too, even to nothing, says that the other belongs to
 * another program.
 */
export function misspeltSettings(
  environment: Readonly<Record<string, string | undefined>>,
  known: readonly string[],
): Problem[] {
  const names = new Set(known);
  return Object.keys(environment).flatMap((name): Problem[] => {
    // Programs read proxies under names in lower case too.
    if (name.length < leastCharacters || names.has(name) || /_proxy$/.test(name) || environment[name]?.trim() === "") {
      return [];
    }
    const meant = nearestWord(name, known) ?? onlyLonger(name, known);
    if (meant === null || meant in environment) {
      return [];
    }
    return [
      {
        variable: name,
        sentence: {
          en: `${name} is not a setting. Did you mean ${meant}? Rename it; if it belongs to another program, set ${meant} too, empty for its default.`,
          "zh-CN": `没有名为 ${name} 的设置，是不是想写 ${meant}？请改正名称；若它属于其他程序，请同时设置 ${meant}（留空即为默认值）。`,
        },
      },
    ];
  });
}

/** The one name that goes on where this one ends, as `TOOLCAST_DATA_DIR` does after `TOOLCAST_DATA`. */
function onlyLonger(name: string, known: readonly string[]): string | null {
  // A single word is too likely to be somebody else's.
  const longer = name.includes("_") ? known.filter((other) => other.startsWith(`${name}_`)) : [];
  return longer.length === 1 ? longer[0]! : null;
}
