import type { Locale } from "../ground/locale.ts";
import type { MediaLimits } from "../media/formats.ts";
import type { Field, FieldRole, Fields } from "./field.ts";
import type { Tool } from "./tool.ts";

/** One input of a tool in one language, as plain data from which a form, a flag or a native option is made. */
export interface FieldDescription {
  /** Its name for programs, with underscores. */
  name: string;
  title: string;
  /** One sentence: meaning, range, default. */
  summary: string;
  required: boolean;
  /** Its meaning to Toolcast, whatever its name. Default: none. */
  role?: FieldRole;
  kind: "text" | "integer" | "decimal" | "flag" | "choice" | "media";
  /** For texts, in characters as people count them. */
  minLength?: number;
  maxLength?: number;
  /** For texts: whether they may have several lines. */
  multiline?: boolean;
  /** For texts: whether `runtime.complete` suggests values. */
  completes?: boolean;
  /** For numbers, inclusive. */
  minimum?: number;
  maximum?: number;
  /** For choices: all of them. */
  choices?: { value: string; title: string }[];
  /** For media: what the tool accepts; a provider may accept less. */
  limits?: MediaLimits;
}

/** A tool in one language, as plain data. */
export interface ToolDescription {
  /** Its name for agents. */
  name: string;
  /** The name people type. */
  command: string;
  title: string;
  summary: string;
  /** `reads` may be repeated, `changes` costs nothing, `spends` becomes a job. */
  effect: Tool["effect"];
  /** What its answer is about, if that is jobs. */
  answers?: "job" | "jobs";
  /** Whether a result may have media, its own or those of the job that it is about. */
  makesMedia: boolean;
  /** The input that free text goes to. */
  primary?: string;
  /** Only the asker may see the answer. */
  private: boolean;
  operatorsOnly: boolean;
  /** In the order of a form. */
  fields: FieldDescription[];
}

/** Everything a surface needs to show a tool in its native form. */
export function describeTool(tool: Tool, locale: Locale): ToolDescription {
  return {
    name: tool.name,
    command: tool.command,
    title: tool.title[locale],
    summary: tool.summary[locale],
    effect: tool.effect,
    ...(tool.effect === "spends" || tool.answers === undefined ? {} : { answers: tool.answers }),
    makesMedia: tool.effect === "spends" ? (tool.makesMedia ?? true) : tool.answers === "job",
    primary: tool.primary,
    private: tool.private ?? false,
    operatorsOnly: tool.operatorsOnly ?? false,
    fields: fieldsOf(tool).map(([name, field]) => {
      const { shape } = field;
      return {
        name,
        title: field.title[locale],
        summary: field.summary[locale],
        required: !field.optional,
        role: field.role,
        ...shape,
        ...(shape.kind === "choice"
          ? { choices: shape.choices.map(({ value, title }) => ({ value, title: title[locale] })) }
          : {}),
      } as FieldDescription;
    }),
  };
}

/** A tool's inputs, listed once, because every request asks for them a dozen times. */
interface ListedFields {
  all: readonly [string, Field][];
  media: readonly string[];
  byRole: ReadonlyMap<FieldRole, readonly string[]>;
}

const listedFields = new WeakMap<object, ListedFields>();

function listed({ input }: Tool): ListedFields {
  const known = listedFields.get(input);
  if (known !== undefined) {
    return known;
  }
  const all = Object.entries(input as Fields);
  const namesOf = (fields: typeof all) => fields.map(([name]) => name);
  const fields: ListedFields = {
    all,
    media: namesOf(all.filter(([, { shape }]) => shape.kind === "media")),
    byRole: new Map(
      all.flatMap(([, { role }]) =>
        role === undefined ? [] : [[role, namesOf(all.filter(([, field]) => field.role === role))]],
      ),
    ),
  };
  listedFields.set(input, fields);
  return fields;
}

/** A tool's inputs by name, in form order. */
export function fieldsOf(tool: Tool): readonly [string, Field][] {
  return listed(tool).all;
}

/** The names of a tool's inputs with this role, in form order. */
export function fieldsOfRole(tool: Tool, role: FieldRole): readonly string[] {
  return listed(tool).byRole.get(role) ?? [];
}

/** The names of a tool's media inputs, in form order. */
export function mediaFieldsOf(tool: Tool): readonly string[] {
  return listed(tool).media;
}

/** The given input without the fields of that role. */
export function withoutRole<Value>(
  tool: Tool,
  role: FieldRole,
  input: Readonly<Record<string, Value>>,
): Readonly<Record<string, Value>> {
  const names = fieldsOfRole(tool, role).filter((name) => Object.hasOwn(input, name));
  return names.length === 0
    ? input
    : Object.fromEntries(Object.entries(input).filter(([name]) => !names.includes(name)));
}

/** The required inputs that were not given, in the order of a form. */
export function missingFields(tool: Tool, given: Iterable<string>): string[] {
  const names = new Set(given);
  return fieldsOf(tool).flatMap(([name, { optional }]) => (optional || names.has(name) ? [] : [name]));
}
