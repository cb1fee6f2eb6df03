import type { Locale, Tool } from "@toolcast/core";
import { type FormField, type FormToOpen, formFields, type GivenInput, shorten } from "@toolcast/core/chat";
import {
  type APIComponentInLabel,
  type APILabelComponent,
  type APIModalInteractionResponseCallbackData,
  ComponentType,
  TextInputStyle,
} from "discord.js";
import type { FormInteraction } from "./interaction.ts";
import { discordLimits, formLimits } from "./limits.ts";

type Given = Pick<GivenInput, "input" | "files">;

/** A tool as a form, with known values filled in; null when there is nothing to fill in. */
export function formFor(
  tool: Tool,
  { input, files, among }: Given & Pick<FormToOpen["given"], "among">,
  { customId, locale }: { customId: string; locale: Locale },
): APIModalInteractionResponseCallbackData | null {
  const given = { input, files: files.map(({ field }) => field), among };
  const fields = formFields(tool, given, { ...formLimits, locale });
  return fields.length === 0
    ? null
    : {
        custom_id: customId,
        title: shorten(tool.title[locale], discordLimits.modalTitleCharacters),
        components: fields.map(labelOf),
      };
}

function labelOf(field: FormField): APILabelComponent {
  return {
    type: ComponentType.Label,
    label: shorten(field.title, discordLimits.labelCharacters),
    description: shorten(field.summary, discordLimits.descriptionCharacters),
    component: componentOf(field),
  };
}

function componentOf({ name: custom_id, required, control }: FormField): APIComponentInLabel {
  const [min_values, max_values] = [required ? 1 : 0, 1];
  switch (control.kind) {
    case "file":
      return { type: ComponentType.FileUpload, custom_id, required, min_values, max_values };
    case "choice":
      return {
        ...{ type: ComponentType.StringSelect, custom_id, required, min_values, max_values },
        options: control.choices.map(({ title, value }) => ({
          label: shorten(title, discordLimits.choiceCharacters),
          value,
          ...(control.value === value ? { default: true } : {}),
        })),
      };
    case "text":
      return {
        ...{ type: ComponentType.TextInput, custom_id, required, max_length: control.maxLength },
        style: control.multiline ? TextInputStyle.Paragraph : TextInputStyle.Short,
        min_length: control.minLength,
        value: control.value,
      };
    default:
      return control satisfies never;
  }
}

/** What was filled in: values and files by field. An emptied field is left out, even if it had a value before. */
export function readForm({ components, resolved }: FormInteraction["data"]): Given & { filled: string[] } {
  const fields = components.flatMap(({ component, components: rows }) => [
    ...(component ? [component] : []),
    ...(rows ?? []),
  ]);
  const form: Given & { filled: string[] } = { input: {}, files: [], filled: [] };
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
