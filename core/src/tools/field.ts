import { z } from "zod";
import type { LocalizedText } from "../ground/locale.ts";
import type { MediaLimits } from "../media/formats.ts";
import type { Capability } from "../providers/operation.ts";

/** What every input of a tool has. */
interface FieldText {
  title: LocalizedText;
  /** One sentence: meaning, range, default. */
  summary: LocalizedText;
  /** Whether it may be left out. Default false. */
  optional?: boolean;
}

/** One choice of a closed list. */
export interface FieldChoice {
  /** What the tool gets. */
  value: string;
  /** What people see. */
  title: LocalizedText;
}

/** What a surface needs to show an input in its native form. */
export type FieldShape =
  | { kind: "text"; minLength: number; maxLength: number; multiline: boolean; completes: boolean }
  | { kind: "integer" | "decimal"; minimum: number; maximum: number }
  | { kind: "flag" }
  | { kind: "choice"; choices: readonly FieldChoice[] }
  /** The value is the id of a stored asset, or a public link; a surface turns an upload or a local file into an id. */
  | { kind: "media"; limits: MediaLimits };

/**
 * What an input means to Toolcast, whatever its name: a `voice` is turned into an id before the tool sees it and ties
 * the job to its provider; a missing `consent` holds the job until it is given; a `provider` names who does the job; a `quote` shows
 * the price and starts nothing.
 */
export type FieldRole = "voice" | "consent" | "provider" | "quote";

/** One input of a tool: how it is shown, and the schema that its value must meet. */
export interface Field<Value = unknown, Optional extends boolean = boolean> {
  /** Its label for people. */
  title: LocalizedText;
  /** One sentence: meaning, range, default. */
  summary: LocalizedText;
  /** Whether it may be left out. */
  optional: Optional;
  /** How it is shown. */
  shape: FieldShape;
  /** The schema of its value, after text from surfaces has become numbers and flags. */
  schema: z.ZodType<Value>;
  /** Default: none, it means something only to its tool. Set by {@link voice}, {@link consent} and {@link provider}. */
  role?: FieldRole;
  /** For a consent: the question to a person who did not give it. Default: whether they may copy the voice. */
  question?: LocalizedText;
  /** For a voice: only the caller's own are suggested. Default: shared ones and the vendors' own, too. */
  ownOnly?: boolean;
  /** For a voice: if left out, the first of the vendors' own voices; required where they have none. Default: no. */
  presetByDefault?: boolean;
  /** For a provider: only providers that can do one of these are suggested. Default: all. */
  capabilities?: readonly Capability[];
}

type Options<Extra> = FieldText & Extra;
type IsOptional<O extends { optional?: boolean }> = O["optional"] extends true ? true : false;

function field<Value, O extends FieldText>(
  options: O,
  shape: FieldShape,
  schema: z.ZodType<Value>,
): Field<Value, IsOptional<O>> {
  return {
    title: options.title,
    summary: options.summary,
    optional: (options.optional ?? false) as IsOptional<O>,
    shape,
    schema,
  };
}

/** Text. `maxLength` counts code points. `completes`: the tool suggests values. */
export function text<
  const O extends Options<{ minLength?: number; maxLength: number; multiline?: boolean; completes?: boolean }>,
>(options: O): Field<string, IsOptional<O>> {
  const minLength = options.minLength ?? 1;
  const schema = z
    .string()
    .refine((value) => [...value].length >= minLength && [...value].length <= options.maxLength)
    .meta({ minLength, maxLength: options.maxLength });
  return field(
    options,
    {
      kind: "text",
      minLength,
      maxLength: options.maxLength,
      multiline: options.multiline ?? false,
      completes: options.completes ?? false,
    },
    schema,
  );
}

/** A whole number, both limits inclusive. */
export function integer<const O extends Options<{ minimum: number; maximum: number }>>(
  options: O,
): Field<number, IsOptional<O>> {
  const { minimum, maximum } = options;
  return field(options, { kind: "integer", minimum, maximum }, z.int().min(minimum).max(maximum));
}

/** A number, both limits inclusive. */
export function decimal<const O extends Options<{ minimum: number; maximum: number }>>(
  options: O,
): Field<number, IsOptional<O>> {
  const { minimum, maximum } = options;
  return field(options, { kind: "decimal", minimum, maximum }, z.number().min(minimum).max(maximum));
}

/** Yes or no. */
export function flag<const O extends FieldText>(options: O): Field<boolean, IsOptional<O>> {
  return field(options, { kind: "flag" }, z.boolean());
}

/** One of a closed list. */
export function choice<const Value extends string, const O extends FieldText>(
  options: O & { choices: readonly { value: Value; title: LocalizedText }[] },
): Field<Value, IsOptional<O>> {
  const values = options.choices.map((entry) => entry.value) as [Value, ...Value[]];
  return field(options, { kind: "choice", choices: options.choices }, z.enum(values) as unknown as z.ZodType<Value>);
}

/** A picture, a recording or a video: an upload, a link, a local file or the id of a stored medium. */
export function media<const O extends Options<{ limits: MediaLimits }>>(options: O): Field<string, IsOptional<O>> {
  return field(options, { kind: "media", limits: options.limits }, z.string().min(1).max(2_000));
}

/**
 * One of the voices that the caller may use, by name or id; the tool gets its id. At most 100 characters, suggested
 * while people type. All voices in one request must belong to one provider. `ownOnly`: only the caller's own are
 * suggested. `presetByDefault`: if left out, the tool gets the first of the vendors' own voices; where they have none,
 * it is required. Default of both: no.
 */
export function voice<const O extends Options<{ ownOnly?: boolean; presetByDefault?: boolean }>>(
  options: O,
): Field<string, IsOptional<O>> {
  const { ownOnly, presetByDefault } = options;
  return {
    ...text({ ...options, maxLength: 100, completes: true }),
    role: "voice",
    ownOnly,
    presetByDefault,
  } as Field<string, IsOptional<O>>;
}

/**
 * A consent that a spending tool needs before anything is sent. The request may leave it out: the job is then held
 * until its person agrees to `question`. At most one per tool, and never carried over to a repeated request.
 */
export function consent(options: Omit<FieldText, "optional"> & { question?: LocalizedText }): Field<boolean, true> {
  const { question, ...texts } = options;
  return { ...flag({ ...texts, optional: true }), role: "consent", question };
}

/**
 * Who does the job, by the provider's id; if left out, the first that can. At most one per tool. `title` and `summary`
 * default to those of the built-in tools. `capabilities`: only providers that can do one of these are suggested;
 * default all.
 */
export function provider(
  options: { title?: LocalizedText; summary?: LocalizedText; capabilities?: readonly Capability[] } = {},
): Field<string, true> {
  const {
    title = { en: "Provider", "zh-CN": "服务商" },
    summary = {
      en: "Who does it, e.g. spark. Default: the first that can.",
      "zh-CN": "如 spark。默认首个可用的。",
    },
    capabilities,
  } = options;
  const field = text({ title, summary, maxLength: 40, completes: true, optional: true });
  return { ...field, role: "provider", capabilities };
}

/** The input of every tool that spends: yes shows the price and starts nothing. The tool itself never gets it. */
export const quoteField: Field<boolean, true> = {
  ...flag({
    title: { en: "Price only", "zh-CN": "仅询价" },
    summary: {
      en: "Yes shows the request and its price, and starts nothing. Default no.",
      "zh-CN": "“是”只显示内容和价格，不开始任务。默认否。",
    },
    optional: true,
  }),
  role: "quote",
};

export type Fields = Record<string, Field>;

/** The values of a tool's inputs, by name. */
export type InputOf<F extends Fields> = {
  [Name in keyof F as F[Name] extends Field<unknown, false> ? Name : never]: F[Name] extends Field<infer V> ? V : never;
} & {
  [Name in keyof F as F[Name] extends Field<unknown, false> ? never : Name]?: F[Name] extends Field<infer V>
    ? V
    : never;
};
