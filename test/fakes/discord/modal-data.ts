import { characters, type JsonObject } from "../json.ts";
import { storeFile } from "./attachments.ts";
import type { Context } from "./context.ts";
import { NotPossible, type Upload } from "./given-options.ts";
import { attachmentPayload } from "./message-payload.ts";
import { checkbox, radioGroup } from "./modal-choices.ts";
import type { Channel } from "./world.ts";

export type ModalValues = Readonly<Record<string, string | boolean | readonly string[] | readonly Upload[]>>;

const textInput = 4;
const fileUpload = 19;

function textOf(input: JsonObject, given: ModalValues[string] | undefined): string {
  const text = typeof given === "string" ? given : String(input.value ?? "");
  const length = characters(text);
  const empty = length === 0;
  const tooShort = empty ? input.required !== false : length < Number(input.min_length ?? 0);
  if (tooShort || length > Number(input.max_length ?? 4_000)) {
    throw new NotPossible(`the modal does not take this ${String(input.custom_id)}`);
  }
  return text;
}

/** The `data` of the interaction that submitting a modal creates. */
export function modalData(context: Context, channel: Channel, modal: JsonObject, values: ModalValues): JsonObject {
  const attachments: Record<string, JsonObject> = {};
  const inputs = new Set<string>();

  function submitted(input: JsonObject): JsonObject {
    const customId = String(input.custom_id);
    inputs.add(customId);
    const given = values[customId];
    const base = { type: input.type, id: input.id, custom_id: customId };
    if (input.type === textInput) {
      return { ...base, value: textOf(input, given) };
    }
    if (input.type === fileUpload) {
      const uploads = (Array.isArray(given) ? given : []) as readonly Upload[];
      const least = input.required === false ? 0 : Number(input.min_values ?? 1);
      if (uploads.length < least || uploads.length > Number(input.max_values ?? 1)) {
        throw new NotPossible(`the modal does not take so many files for ${customId}`);
      }
      const ids = uploads.map((upload) => {
        const file = storeFile(context, channel, { ...upload, ephemeral: true });
        context.world.attachments.set(file.id, file);
        attachments[file.id] = attachmentPayload(context, file);
        return file.id;
      });
      return { ...base, values: ids };
    }
    if (input.type === checkbox) {
      return { ...base, value: typeof given === "boolean" ? given : input.default === true };
    }
    const options = (input.options ?? []) as JsonObject[];
    if (input.type === radioGroup) {
      const value = given ?? options.find((option) => option.default === true)?.value ?? null;
      if (value === null ? input.required !== false : !options.some((option) => option.value === value)) {
        throw new NotPossible(`the modal needs a choice for ${customId}`);
      }
      return { ...base, value };
    }
    const chosen = Array.isArray(given)
      ? given.map(String)
      : options.filter((option) => option.default === true).map((option) => String(option.value));
    if (options.length > 0 && chosen.some((value) => !options.some((option) => option.value === value))) {
      throw new NotPossible(`the modal does not offer this for ${customId}`);
    }
    if (chosen.length < (input.required === false ? 0 : Number(input.min_values ?? 1))) {
      throw new NotPossible(`the modal needs a choice for ${customId}`);
    }
    return { ...base, values: chosen };
  }

  const components = (modal.components as JsonObject[]).map((row) => {
    const base = { type: row.type, id: row.id };
    if (row.type === 18) {
      return { ...base, component: submitted(row.component as JsonObject) };
    }
    return row.type === 1 ? { ...base, components: (row.components as JsonObject[]).map(submitted) } : base;
  });
  const unknown = Object.keys(values).find((customId) => !inputs.has(customId));
  if (unknown !== undefined) {
    throw new NotPossible(`the modal has no input ${unknown}`);
  }
  return {
    custom_id: modal.custom_id,
    components,
    ...(Object.keys(attachments).length > 0 ? { resolved: { attachments } } : {}),
  };
}
