import { isObject, type JsonObject } from "../json.ts";
import type { FieldProblems } from "./field-problems.ts";

const namePattern = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;

/** Discord's languages for names and descriptions. */
const locales: readonly string[] =
  "ar bg cs da de el en-GB en-US es-419 es-ES fi fr he hi hr hu id it ja ko lt nl no pl pt-BR ro ru sv-SE th tr uk vi zh-CN zh-TW".split(
    " ",
  );

/** Whether a text can name a slash command or one of its options. */
export function isCommandName(name: string): boolean {
  return namePattern.test(name) && name === name.toLowerCase();
}

function checkLocalized(
  problems: FieldProblems,
  path: string,
  given: unknown,
  checkOne: (path: string, value: unknown) => void,
): void {
  if (given === undefined || given === null) {
    return;
  }
  for (const [locale, value] of Object.entries(problems.object(path, given))) {
    if (!locales.includes(locale)) {
      problems.add(`${path}.${locale}`, "DICT_TYPE_INVALID_KEY", `Key must be one of Discord's locales.`);
    }
    checkOne(`${path}.${locale}`, value);
  }
}

export function checkName(problems: FieldProblems, path: string, raw: JsonObject, plain: boolean): void {
  const checkOne = (at: string, value: unknown) => {
    const name = problems.text(at, value, 1, 32);
    if (name !== null && plain && !isCommandName(name)) {
      problems.add(at, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid");
    }
  };
  const prefix = path === "" ? "" : `${path}.`;
  checkOne(`${prefix}name`, raw.name);
  checkLocalized(problems, `${prefix}name_localizations`, raw.name_localizations, checkOne);
}

export function checkDescription(problems: FieldProblems, path: string, raw: JsonObject, least: number): void {
  const prefix = path === "" ? "" : `${path}.`;
  problems.text(`${prefix}description`, raw.description, least, least === 0 ? 0 : 100, least > 0);
  checkLocalized(problems, `${prefix}description_localizations`, raw.description_localizations, (at, value) => {
    problems.text(at, value, 1, 100);
  });
}

/** Characters that count towards 8,000: the longest localisation of each text, including choices' values. */
export function countedCharacters(raw: JsonObject): number {
  const longest = (key: string) => {
    const localized = isObject(raw[`${key}_localizations`]) ? (raw[`${key}_localizations`] as JsonObject) : {};
    return Math.max(...[raw[key], ...Object.values(localized)].map((text) => String(text ?? "").length));
  };
  const inner = (key: string) =>
    (Array.isArray(raw[key]) ? raw[key] : []).reduce(
      (sum: number, item: unknown) => sum + (isObject(item) ? countedCharacters(item) : 0),
      0,
    );
  const value = raw.value === undefined ? 0 : String(raw.value).length;
  return longest("name") + longest("description") + value + inner("options") + inner("choices");
}
