import { describeTool, type FieldDescription, type Json, type Locale } from "@toolcast/core";
import {
  type APIComponentInLabel,
  type APILabelComponent,
  type APIModalInteractionResponseCallbackData,
  ComponentType,
  TextInputStyle,
} from "discord.js";
import type { DiscordCommand } from "./commands.ts";
import type { FormInteraction, InboundFile } from "./interaction.ts";
import { discordLimits } from "./limits.ts";
import { shorten } from "./localisation.ts";
import { speak } from "./sentences.ts";

/** What a form is filled with already; fields that it does not show keep these values. */
export interface FormValues {
  input: Record<string, Json>;
  files: { field: string; file: InboundFile }[];
}

/** A tool as a form, with what is known filled in; null when it has nothing to fill. */
export function formFor(
  command: DiscordCommand,
  values: FormValues,
  { customId, locale }: { customId: string; locale: Locale },
): APIModalInteractionResponseCallbackData | null {
  const description = describeTool(command.tool, locale);
  const shown = fieldsShown(description.fields, values);
  return shown.length === 0
    ? null
    : {
        custom_id: customId,
        title: shorten(description.title, discordLimits.modalTitleCharacters),
        components: shown.map((field) => label(field, values.input[field.name], locale)),
      };
}

/**
 * A form has five fields. Needed ones that are missing come first, then needed ones, then those with a value, then the
 * rest; they stand in the tool's own order. A file that is there already is not asked for again.
 */
function fieldsShown(fields: readonly FieldDescription[], { input, files }: FormValues): FieldDescription[] {
  const rank = (field: FieldDescription) => {
    const given = input[field.name] !== undefined;
    return field.required ? (given ? 1 : 0) : given ? 2 : 3;
  };
  const candidates = fields.filter((field) => {
    const hasFile = files.some(({ field: name }) => name === field.name) || input[field.name] !== undefined;
    const isLong = String(input[field.name] ?? "").length > discordLimits.modalTextCharacters;
    return !(field.kind === "media" && hasFile) && !isLong && canBeChosen(field);
  });
  const chosen = new Set(
    candidates
      .map((field, order) => ({ field, order }))
      .sort((one, other) => rank(one.field) - rank(other.field) || one.order - other.order)
      .slice(0, discordLimits.modalFields)
      .map(({ field }) => field),
  );
  return candidates.filter((field) => chosen.has(field));
}

function canBeChosen(field: FieldDescription): boolean {
  return field.kind !== "choice" || (field.choices?.length ?? 0) > 0;
}

function label(field: FieldDescription, value: Json | undefined, locale: Locale): APILabelComponent {
  return {
    type: ComponentType.Label,
    label: shorten(field.title, discordLimits.labelCharacters),
    description: shorten(field.summary, discordLimits.descriptionCharacters),
    component: input(field, value, locale),
  };
}

function input(field: FieldDescription, value: Json | undefined, locale: Locale): APIComponentInLabel {
  const { name: custom_id, required } = field;
  const choices =
    field.kind === "flag"
      ? [
          { value: "true", title: speak("yes", locale) },
          { value: "false", title: speak("no", locale) },
        ]
      : (field.choices ?? []);
  if (field.kind === "media") {
    return { type: ComponentType.FileUpload, custom_id, required, min_values: required ? 1 : 0, max_values: 1 };
  }
  if ((field.kind === "flag" || field.kind === "choice") && choices.length <= discordLimits.choices) {
    return {
      type: ComponentType.StringSelect,
      custom_id,
      required,
      min_values: required ? 1 : 0,
      max_values: 1,
      options: choices.map((choice) => ({
        label: shorten(choice.title, discordLimits.choiceCharacters),
        value: choice.value,
        ...(String(value) === choice.value ? { default: true } : {}),
      })),
    };
  }
  const isText = field.kind === "text";
  return {
    type: ComponentType.TextInput,
    custom_id,
    required,
    style: field.multiline ? TextInputStyle.Paragraph : TextInputStyle.Short,
    ...(isText && required ? { min_length: Math.min(field.minLength ?? 0, discordLimits.modalTextCharacters) } : {}),
    max_length: isText
      ? Math.max(1, Math.min(field.maxLength ?? 1, discordLimits.modalTextCharacters))
      : discordLimits.choiceCharacters,
    ...(value === undefined || value === null || value === "" ? {} : { value: String(value) }),
  };
}

/** What was filled in: values and files by field. An emptied field is left out, also when it had a value before. */
export function readForm({ components, resolved }: FormInteraction["data"]): FormValues & { filled: string[] } {
  const fields = components.flatMap(({ component, components: rows }) => [
    ...(component ? [component] : []),
    ...(rows ?? []),
  ]);
  const form: FormValues & { filled: string[] } = { input: {}, files: [], filled: [] };
  for (const { custom_id: field, value, values } of fields) {
    if (!field) {
      continue;
    }
    form.filled.push(field);
    const file = resolved?.attachments?.[values?.[0] ?? ""];
    const given = value ?? values?.[0];
    if (file !== undefined) {
      form.files.push({ field, file });
    } else if (given !== undefined && given !== null && given !== "") {
      form.input[field] = given;
    }
  }
  return form;
}
