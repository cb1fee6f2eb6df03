import type { JsonObject } from "../json.ts";
import type { ComponentReader } from "./component-reader.ts";

export const radioGroup = 21;
export const checkboxGroup = 22;
export const checkbox = 23;

/** Radio buttons and checkboxes of a modal: groups have at most 10 choices, each with its own value. */
export function readModalChoice(reader: ComponentReader, path: string, raw: JsonObject): JsonObject {
  const { problems } = reader;
  const customId = reader.customId(path, raw);
  if (raw.type === checkbox) {
    return { ...raw, custom_id: customId };
  }
  const values = new Set<unknown>();
  const options = problems
    .list(`${path}.options`, raw.options, raw.type === radioGroup ? 2 : 1, 10)
    .map((value, index) => {
      const at = `${path}.options.${index}`;
      const option = problems.object(at, value);
      problems.text(`${at}.label`, option.label, 1, 100);
      problems.text(`${at}.value`, option.value, 1, 100);
      problems.text(`${at}.description`, option.description, 0, 100, false);
      if (values.has(option.value)) {
        problems.add(`${at}.value`, "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The value is already used");
      }
      values.add(option.value);
      return option;
    });
  const chosen = options.filter((option) => option.default === true).length;
  if (raw.type === radioGroup && chosen > 1) {
    problems.add(`${path}.options`, "RADIO_GROUP_DEFAULTS", "At most one choice can be the default.");
  }
  return { ...raw, custom_id: customId, options, required: raw.required !== false };
}
