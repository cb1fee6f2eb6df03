import type { JsonObject } from "../json.ts";
import { ComponentReader } from "./component-reader.ts";
import type { FieldProblems } from "./field-problems.ts";
import { checkbox, checkboxGroup, radioGroup, readModalChoice } from "./modal-choices.ts";
import { readSelect, selectTypes } from "./select-components.ts";

const actionRow = 1;
const textInput = 4;
const textDisplay = 10;
const label = 18;
const fileUpload = 19;
const choices = [radioGroup, checkboxGroup, checkbox];

function readTextInput(reader: ComponentReader, path: string, raw: JsonObject, labelled: boolean): JsonObject {
  const { problems } = reader;
  problems.choice(`${path}.style`, raw.style, [1, 2]);
  const least = Number(raw.min_length ?? 0);
  const most = Number(raw.max_length ?? 4_000);
  if (!(Number.isInteger(least) && least >= 0 && least <= 4_000)) {
    problems.add(`${path}.min_length`, "NUMBER_TYPE_MAX", "int value should be between 0 and 4000.");
  }
  if (!(Number.isInteger(most) && most >= 1 && most <= 4_000 && most >= least)) {
    problems.add(`${path}.max_length`, "NUMBER_TYPE_MAX", "int value should be between 1 and 4000.");
  }
  problems.text(`${path}.placeholder`, raw.placeholder, 0, 100, false);
  problems.text(`${path}.value`, raw.value, 0, most, false);
  if (!labelled) {
    problems.text(`${path}.label`, raw.label, 1, 45);
  } else if (raw.label !== undefined && raw.label !== null) {
    problems.add(`${path}.label`, "TEXT_INPUT_LABEL_NOT_ALLOWED", "The label stands in the Label component.");
  }
  return { ...raw, custom_id: reader.customId(path, raw), required: raw.required !== false };
}

function readFileUpload(reader: ComponentReader, path: string, raw: JsonObject): JsonObject {
  for (const [key, least] of [
    ["min_values", 0],
    ["max_values", 1],
  ] as const) {
    const count = raw[key];
    if (
      count !== undefined &&
      count !== null &&
      !(Number.isInteger(count) && Number(count) >= least && Number(count) <= 10)
    ) {
      reader.problems.add(`${path}.${key}`, "NUMBER_TYPE_MAX", `int value should be between ${least} and 10.`);
    }
  }
  return { ...raw, custom_id: reader.customId(path, raw), required: raw.required !== false };
}

function readInput(
  reader: ComponentReader,
  path: string,
  raw: JsonObject,
  begun: { type: number; id: number },
): JsonObject {
  if (begun.type === textInput) {
    return readTextInput(reader, path, raw, true);
  }
  if (begun.type === fileUpload) {
    return readFileUpload(reader, path, raw);
  }
  return choices.includes(begun.type)
    ? readModalChoice(reader, path, raw)
    : readSelect(reader, path, { required: true, ...raw }, begun.id);
}

/** A modal: a title, and 1 to 5 rows: labels with one input each, text to read, or the older action rows. */
export function readModal(problems: FieldProblems, data: JsonObject): JsonObject {
  const reader = new ComponentReader(problems, []);
  problems.text("data.custom_id", data.custom_id, 1, 100);
  problems.text("data.title", data.title, 1, 45);
  const components = problems.list("data.components", data.components, 1, 5).map((value, index) => {
    const path = `data.components.${index}`;
    const raw = problems.object(path, value);
    const { type, id } = reader.begin(path, raw);
    switch (type) {
      case textDisplay:
        return { type, id, content: reader.shownText(`${path}.content`, raw.content) };
      case actionRow: {
        const [only] = problems.list(`${path}.components`, raw.components, 1, 1);
        const at = `${path}.components.0`;
        const input = problems.object(at, only);
        problems.choice(`${at}.type`, input.type, [textInput]);
        return {
          type,
          id,
          components: [{ ...readTextInput(reader, at, input, false), id: reader.begin(at, input).id }],
        };
      }
      case label: {
        problems.text(`${path}.label`, raw.label, 1, 45);
        problems.text(`${path}.description`, raw.description, 0, 100, false);
        const at = `${path}.component`;
        const inner = problems.object(at, raw.component);
        const begun = reader.begin(at, inner);
        problems.choice(`${at}.type`, inner.type, [textInput, ...selectTypes, fileUpload, ...choices]);
        const component = readInput(reader, at, inner, begun);
        return { ...raw, type, id, component: { ...component, id: begun.id } };
      }
      default:
        problems.add(`${path}.type`, "UNION_TYPE_CHOICES", 'Value of field "type" must be one of (1, 10, 18).');
        return raw;
    }
  });
  return { custom_id: data.custom_id, title: data.title, components };
}
