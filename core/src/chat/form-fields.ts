import type { Json } from "../ground/json.ts";
import type { Locale } from "../ground/locale.ts";
import type { MediaLimits } from "../media/formats.ts";
import { say } from "../messages/sentence.ts";
import type { FieldChoices } from "../surface/message.ts";
import { describeTool, type FieldDescription } from "../tools/describe.ts";
import type { Tool } from "../tools/tool.ts";

/** One thing a form asks for. */
export interface FormField {
  /** The input's name. */
  name: string;
  /** Its label, in the reader's language. */
  title: string;
  /** One sentence: meaning, range, default. */
  summary: string;
  /** Whether the form cannot be sent without it. */
  required: boolean;
  /** How it is asked. */
  control: /** One file. */
    | { kind: "file"; limits?: MediaLimits }
    /** One of these, with `value` preselected. */
    | { kind: "choice"; choices: readonly { value: string; title: string }[]; value?: string }
    /**
     * Text or a number, with `value` filled in. Lengths in UTF-16 units. `number` is for platforms that have a field for
     * numbers; a `value` that such a field could not show is asked for as text.
     */
    | {
        kind: "text";
        multiline: boolean;
        minLength?: number;
        maxLength: number;
        value?: string;
        number?: NumberLimits;
      };
}

/** A number, both limits inclusive. */
interface NumberLimits {
  decimal: boolean;
  minimum: number;
  maximum: number;
}

/** The values a form starts with; inputs that it does not show keep them. */
export interface FormValues {
  input: Readonly<Record<string, Json>>;
  /** The inputs that have a file. */
  files: Iterable<string>;
  /** The values to choose one of the inputs from. Default: none. */
  among?: FieldChoices | undefined;
}

/** The limits of a platform's forms. */
export interface FormLimits {
  /** The most fields. Default: any number. */
  fields?: number;
  /** The most choices in one list; a longer list is asked for as text. Default: any number. */
  choices?: number;
  /** The longest value of a choice, in UTF-16 units; a list with a longer one is asked for as text. Default: no limit. */
  valueCharacters?: number;
  /** The longest text of one field, in UTF-16 units. Default: no limit. */
  textCharacters?: number;
}

/** The longest text that is asked for instead of a choice or a number, in UTF-16 units. */
const shortTextCharacters = 100;

/**
 * The fields of a tool's form; none if there is nothing to fill in. If there are too many, missing required ones are
 * chosen first, then other required ones, then those with a value, then the rest; they are shown in the tool's own
 * order. A file that was given is not asked for again, and a text too long for a field stays as it is.
 */
export function formFields(
  tool: Tool,
  { input, files, among }: FormValues,
  { locale, ...limits }: FormLimits & { locale: Locale },
): FormField[] {
  const { fields = Number.POSITIVE_INFINITY, textCharacters = Number.POSITIVE_INFINITY } = limits;
  const withFile = new Set(files);
  const candidates = describeTool(tool, locale).fields.filter(({ name, role, kind, choices = [] }) => {
    const isGiven = withFile.has(name) || input[name] !== undefined;
    // Asked for with the command; a form is filled in to start something.
    if (role === "quote") {
      return false;
    }
    const isTooLong = String(input[name] ?? "").length > textCharacters;
    return (
      !(kind === "media" && isGiven && among?.field !== name) && !isTooLong && (kind !== "choice" || choices.length > 0)
    );
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
      control: controlOf(
        among?.field === field.name ? { ...field, kind: "choice", choices: among.choices } : field,
        input[field.name],
        { locale, ...limits },
      ),
    }));
}

function controlOf(
  field: FieldDescription,
  given: Json | undefined,
  { locale, choices: mostChoices = Number.POSITIVE_INFINITY, textCharacters, ...most }: FormLimits & { locale: Locale },
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
  const { valueCharacters = Number.POSITIVE_INFINITY } = most;
  const isListable = choices.length <= mostChoices && choices.every(({ value }) => value.length <= valueCharacters);
  if ((kind === "flag" || kind === "choice") && isListable) {
    return { kind: "choice", choices, ...value };
  }
  const mostCharacters = textCharacters ?? Number.POSITIVE_INFINITY;
  const short = Math.max(shortTextCharacters, ...choices.map(({ value }) => value.length));
  const longest = Math.min(kind === "text" ? Math.max(1, maxLength) : short, mostCharacters);
  return {
    ...{ kind: "text", multiline: kind === "text" && multiline, maxLength: longest },
    ...(kind === "text" && required ? { minLength: Math.min(minLength, mostCharacters) } : {}),
    // Platforms refuse a form whose field holds more than it takes.
    ...(value.value === undefined ? {} : { value: beginning(value.value, longest) }),
    ...numberOf(field, value.value),
  };
}

function numberOf(
  { kind, minimum = 0, maximum = 0 }: FieldDescription,
  value: string | undefined,
): { number?: NumberLimits } {
  if (kind !== "integer" && kind !== "decimal") {
    return {};
  }
  const decimal = kind === "decimal";
  const isShowable =
    value === undefined ||
    (/^-?\d+(\.\d+)?$/.test(value) &&
      Number(value) >= minimum &&
      Number(value) <= maximum &&
      (decimal || Number.isInteger(Number(value))));
  return isShowable ? { number: { decimal, minimum, maximum } } : {};
}

function beginning(text: string, mostUnits: number): string {
  return text.length <= mostUnits ? text : text.slice(0, mostUnits).replace(/[\ud800-\udbff]$/, "");
}
