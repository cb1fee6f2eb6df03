import type { JsonObject } from "../json.ts";
import type { ComponentReader } from "./component-reader.ts";

/** String, user, role, mentionable and channel select. */
export const selectTypes: readonly number[] = [3, 5, 6, 7, 8];
const stringSelect = 3;

function countOf(reader: ComponentReader, path: string, value: unknown, least: number, usual: number): number {
  if (value === undefined || value === null) {
    return usual;
  }
  if (!Number.isInteger(value) || Number(value) < least || Number(value) > 25) {
    reader.problems.add(path, "NUMBER_TYPE_MAX", `int value should be between ${least} and 25.`);
  }
  return Number(value);
}

function readOptions(reader: ComponentReader, path: string, raw: unknown): JsonObject[] {
  const { problems } = reader;
  const values = new Set<string>();
  return problems.list(path, raw, 1, 25).map((value, index) => {
    const at = `${path}.${index}`;
    const option = problems.object(at, value);
    const chosen = problems.text(`${at}.value`, option.value, 1, 100) ?? "";
    if (values.has(chosen)) {
      problems.add(
        `${at}.value`,
        "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
        "The specified option value is already used",
      );
    }
    values.add(chosen);
    const description = problems.text(`${at}.description`, option.description, 0, 100, false);
    return {
      label: problems.text(`${at}.label`, option.label, 1, 100),
      value: chosen,
      ...(description === null ? {} : { description }),
      ...(option.default === true ? { default: true } : {}),
    };
  });
}

export function readSelect(reader: ComponentReader, path: string, raw: JsonObject, id: number): JsonObject {
  const { problems } = reader;
  const type = Number(raw.type);
  const least = countOf(reader, `${path}.min_values`, raw.min_values, 0, 1);
  const most = countOf(reader, `${path}.max_values`, raw.max_values, 1, 1);
  if (least > most) {
    problems.add(`${path}.min_values`, "NUMBER_TYPE_MAX", "min_values must not be above max_values.");
  }
  const placeholder = problems.text(`${path}.placeholder`, raw.placeholder, 0, 150, false);
  return {
    type,
    id,
    custom_id: reader.customId(path, raw),
    min_values: least,
    max_values: most,
    ...(placeholder === null ? {} : { placeholder }),
    ...(raw.disabled === true ? { disabled: true } : {}),
    ...(raw.required === undefined ? {} : { required: raw.required }),
    ...(type === stringSelect ? { options: readOptions(reader, `${path}.options`, raw.options) } : {}),
  };
}
