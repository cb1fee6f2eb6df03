import type { Locale, LocalizedText, Tool } from "@toolcast/core";
import { describeTool, type FieldDescription, locales } from "@toolcast/core/surface";
import {
  type APIApplicationCommandBasicOption,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
  PermissionFlagsBits,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
} from "discord.js";
import { discordLimits } from "./limits.ts";
import { localizedChoice, localizedDescription, localizedName, nameFrom } from "./localisation.ts";
import { sentences } from "./sentences.ts";

export type CommandBody = RESTPostAPIChatInputApplicationCommandsJSONBody;

/** What an option's value is for. */
export type OptionUse =
  | { use: "value"; field: string; shape: FieldDescription }
  | { use: "file"; field: string; shape: FieldDescription }
  | { use: "link"; field: string; shape: FieldDescription }
  | { use: "private" };

/** A tool as Discord's slash command, and what its options mean. */
export interface DiscordCommand {
  name: string;
  tool: Tool;
  body: CommandBody;
  /** By option name. */
  options: ReadonlyMap<string, OptionUse>;
}

/** Where commands are registered: everywhere, or in one server to try them out. */
export type Scope = "global" | "guild";

/** Every tool as a command; none for a tool whose name has no character that Discord allows. */
export function commandsFor(tools: readonly Tool[], scope: Scope): DiscordCommand[] {
  const taken = new Map<string, Set<string>>();
  return tools.flatMap((tool) => {
    const name = nameFrom(tool.command);
    return name === null ? [] : [commandFor(tool, localizedName(name, tool.title, taken), scope)];
  });
}

function commandFor(tool: Tool, naming: ReturnType<typeof localizedName>, scope: Scope): DiscordCommand {
  const options = optionsFor(tool);
  const body: CommandBody = {
    type: ApplicationCommandType.ChatInput,
    ...naming,
    ...localizedDescription(tool.summary),
    options: options.map(({ body: option }) => option),
    default_member_permissions: tool.operatorsOnly ? PermissionFlagsBits.ManageGuild.toString() : null,
    ...placesOf(scope),
  };
  return {
    name: naming.name,
    tool,
    body: fitted(body),
    options: new Map(options.map(({ body: option, use }) => [option.name, use])),
  };
}

/** Where a command is offered; a server's own commands say nothing of it. */
export function placesOf(scope: Scope): Pick<CommandBody, "integration_types" | "contexts"> {
  return scope === "guild"
    ? {}
    : {
        integration_types: [ApplicationIntegrationType.GuildInstall, ApplicationIntegrationType.UserInstall],
        contexts: [InteractionContextType.Guild, InteractionContextType.BotDM, InteractionContextType.PrivateChannel],
      };
}

interface Option {
  body: APIApplicationCommandBasicOption;
  use: OptionUse;
}

/** Required ones first, as Discord demands; then in form order; the choice to answer privately last. */
function optionsFor(tool: Tool): Option[] {
  const taken = new Map<string, Set<string>>();
  const byLocale = Object.fromEntries(locales.map((locale) => [locale, describeTool(tool, locale)]));
  const inLocales = <Value>(read: (locale: Locale) => Value) =>
    Object.fromEntries(locales.map((locale) => [locale, read(locale)])) as Record<Locale, Value>;
  const fields = (byLocale.en?.fields ?? []).flatMap((shape, index) => {
    const inLocale = (locale: Locale) => byLocale[locale]?.fields[index] ?? shape;
    return fieldOptions(shape, {
      title: inLocales((locale) => inLocale(locale).title),
      summary: inLocales((locale) => inLocale(locale).summary),
      choiceTitle: (value) =>
        inLocales((locale) => inLocale(locale).choices?.find((choice) => choice.value === value)?.title ?? value),
      taken,
    });
  });
  const own: Option[] = tool.private
    ? []
    : [
        {
          body: {
            type: ApplicationCommandOptionType.Boolean,
            ...localizedName("private", sentences.privateName, taken),
            ...localizedDescription(sentences.privateSummary),
            required: false,
          },
          use: { use: "private" },
        },
      ];
  const ordered = fields.sort((one, other) => Number(other.body.required) - Number(one.body.required));
  return [...ordered.slice(0, discordLimits.options - own.length), ...own];
}

interface FieldTexts {
  title: LocalizedText;
  summary: LocalizedText;
  choiceTitle(value: string): LocalizedText;
  taken: Map<string, Set<string>>;
}

function fieldOptions(shape: FieldDescription, texts: FieldTexts): Option[] {
  const name = nameFrom(shape.name);
  if (name === null) {
    return [];
  }
  const text = { ...localizedName(name, texts.title, texts.taken), ...localizedDescription(texts.summary) };
  // Long texts, which a form takes better than an option does, and media, which can be given in two ways, are optional
  // here: the form asks for them when they are missing.
  const base = { ...text, required: shape.required && shape.multiline !== true && shape.kind !== "media" };
  const value: OptionUse = { use: "value", field: shape.name, shape };
  switch (shape.kind) {
    case "text":
      return [
        {
          body: {
            type: ApplicationCommandOptionType.String,
            ...base,
            min_length: Math.min(shape.minLength ?? 0, discordLimits.optionTextCharacters),
            max_length: Math.max(1, Math.min(shape.maxLength ?? 1, discordLimits.optionTextCharacters)),
            ...(shape.completes ? { autocomplete: true } : {}),
          },
          use: value,
        },
      ];
    case "choice":
      return [{ body: choiceOption(shape, base, texts), use: value }];
    case "integer":
      return [
        {
          body: { type: ApplicationCommandOptionType.Integer, ...base, ...bounds(shape) },
          use: value,
        },
      ];
    case "decimal":
      return [{ body: { type: ApplicationCommandOptionType.Number, ...base, ...bounds(shape) }, use: value }];
    case "flag":
      return [{ body: { type: ApplicationCommandOptionType.Boolean, ...base }, use: value }];
    case "media":
      return [
        { body: { type: ApplicationCommandOptionType.Attachment, ...base }, use: { ...value, use: "file" } },
        {
          body: {
            type: ApplicationCommandOptionType.String,
            ...localizedName(nameFrom(`${shape.name}-link`) ?? name, linkTitle(texts.title), texts.taken),
            ...localizedDescription(sentences.linkSummary),
            required: false,
            max_length: 2_000,
            autocomplete: true,
          },
          use: { ...value, use: "link" },
        },
      ];
    default:
      return shape.kind satisfies never;
  }
}

function linkTitle(title: LocalizedText): LocalizedText {
  return {
    en: `${title.en} ${sentences.linkName.en}`,
    "zh-CN": `${title["zh-CN"]}${sentences.linkName["zh-CN"]}`,
  };
}

type OptionBase = ReturnType<typeof localizedName> & ReturnType<typeof localizedDescription> & { required: boolean };

/** When there are more choices than Discord can list, they are suggested as the person types. */
function choiceOption(shape: FieldDescription, base: OptionBase, texts: FieldTexts): APIApplicationCommandBasicOption {
  const choices = shape.choices ?? [];
  return choices.length > discordLimits.choices
    ? { type: ApplicationCommandOptionType.String, ...base, autocomplete: true }
    : {
        type: ApplicationCommandOptionType.String,
        ...base,
        choices: choices.map(({ value }) => ({ ...localizedChoice(texts.choiceTitle(value)), value })),
      };
}

function bounds(shape: FieldDescription): { min_value?: number; max_value?: number } {
  const within = (value: number) => Math.abs(value) <= 2 ** 53;
  return {
    ...(shape.minimum !== undefined && within(shape.minimum) ? { min_value: shape.minimum } : {}),
    ...(shape.maximum !== undefined && within(shape.maximum) ? { max_value: shape.maximum } : {}),
  };
}

/** A command that exceeds Discord's limit loses its translations: the English texts are required. */
function fitted(body: CommandBody): CommandBody {
  return charactersOf(body) <= discordLimits.commandCharacters ? body : withoutTranslations(body);
}

/** Counted as Discord does: names, descriptions and values, each in its longest language. */
function charactersOf(value: unknown): number {
  if (Array.isArray(value)) {
    return value.reduce((sum: number, item) => sum + charactersOf(item), 0);
  }
  if (typeof value !== "object" || value === null) {
    return 0;
  }
  const record = value as Record<string, unknown>;
  const longest = (key: string) => {
    const others = Object.values((record[`${key}_localizations`] as Record<string, string> | undefined) ?? {});
    return Math.max(0, ...[record[key], ...others].map((text) => (typeof text === "string" ? text.length : 0)));
  };
  const own = longest("name") + longest("description") + (typeof record.value === "string" ? record.value.length : 0);
  return own + charactersOf(record.options) + charactersOf(record.choices);
}

function withoutTranslations(body: CommandBody): CommandBody {
  const { description_localizations: _own, ...rest } = body;
  return {
    ...rest,
    options: (body.options ?? []).map((option) => {
      const { description_localizations: _others, ...plain } = option;
      return plain as typeof option;
    }),
  };
}
