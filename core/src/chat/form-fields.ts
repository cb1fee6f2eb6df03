import type { Json } from "../ground/json.ts";
import type { Locale } from "../ground/locale.ts";
import type { MediaLimits } from "../media/formats.ts";
import { say } from "../messages/sentence.ts";
import { describeTool, type FieldDescription } from "../tools/describe.ts";
import type { Tool } from "../tools/tool.ts";

/** One thing a form asks for. */
export interface FormField {
  /** The input's name. */
  name: string;
  title: string;
  /** One sentence: meaning, range, default. */
  summary: string;
  required: boolean;
  /** How it is asked. */
  control: /** One file. */
    | { kind: "file"; limits?: MediaLimits }
    /** One of these, `value` chosen already. */
    | { kind: "choice"; choices: readonly { value: string; title: string }[]; value?: string }
    /** Words or a number, `value` written already. Lengths in UTF-16 units. */
    | { kind: "text"; multiline: boolean; minLength?: number; maxLength: number; value?: string };
}

/** What a form is filled with already; inputs that it does not show keep these values. */
export interface FormValues {
  input: Readonly<Record<string, Json>>;
  /** The inputs that have a file. */
  files: Iterable<string>;
}

/** What a platform's form holds. */
export interface FormLimits {
  /** The most fields. Default: any number. */
  fields?: number;
  /** The most choices in one list; a longer list is asked for as text. Default: any number. */
  choices?: number;
  /** The longest text of one field, in UTF-16 units. Default: any. */
  textCharacters?: number;
}

/** The longest text that is asked for in place of a choice or a number, in UTF-16 units. */
const shortTextCharacters = 100;

/**
 * What a form of a tool asks for; nothing where there is nothing to fill. When there are too many, needed ones that are
 * missing come first, then needed ones, then those with a value, then the rest; they stand in the tool's own order. A file
 * that is there already is not asked for again, and a text too long for a field stays as it is.
 */
export function formFields(
  tool: Tool,
  { input, files }: FormValues,
  { locale, ...limits }: FormLimits & { locale: Locale },
): FormField[] {
  const { fields = Number.POSITIVE_INFINITY, textCharacters = Number.POSITIVE_INFINITY } = limits;
  const withFile = new Set(files);
  const candidates = describeTool(tool, locale).fields.filter(({ name, kind, choices = [] }) => {
    const isGiven = withFile.has(name) || input[name] !== undefined;
    const isTooLong = String(input[name] ?? "").length > textCharacters;
    return !(kind === "media" && isGiven) && !isTooLong && (kind !== "choice" || choices.length > 0);
  });
  const rank = ({ name, required }: FieldDescription) => {
    const isGiven = input[name] !== undefined;
    return required ? (isGiven ? 1 : 0) : isGiven ? 2 : 3;
  };
  const chosen = new Set(
    candidates.toSorted((one, other) => rank(one) - rank(other)).slice(0, Math.min(fields, candidates.length)),
  );
  return candidates
    .filter((field) => chosen.has(field))
    .map((field) => ({
      ...{ name: field.name, title: field.title, summary: field.summary, required: field.required },
      control: controlOf(field, input[field.name], { locale, ...limits }),
    }));
}

function controlOf(
  field: FieldDescription,
  given: Json | undefined,
  { locale, choices: mostChoices = Number.POSITIVE_INFINITY, textCharacters }: FormLimits & { locale: Locale },
): FormField["control"] {
  const { kind, limits, minLength = 0, maxLength = 1, multiline = false, required } = field;
  if (kind === "media") {
    return { kind: "file", limits };
  }
  const value = given === undefined || given === null || given === "" ? {} : { value: String(given) };
  const choices =
    kind === "flag"
      ? [
          { value: "true", title: say({ key: "chat.yes" }, locale) },
          { value: "false", title: say({ key: "chat.no" }, locale) },
        ]
      : (field.choices ?? []);
  if ((kind === "flag" || kind === "choice") && choices.length <= mostChoices) {
    return { kind: "choice", choices, ...value };
  }
  const most = textCharacters ?? Number.POSITIVE_INFINITY;
  return kind === "text"
    ? {
        ...{ kind: "text", multiline, maxLength: Math.max(1, Math.min(maxLength, most)) },
        ...(required ? { minLength: Math.min(minLength, most) } : {}),
        ...value,
      }
    : { kind: "text", multiline: false, maxLength: Math.min(shortTextCharacters, most), ...value };
}
