import { extname } from "node:path";
import { characters, isObject, type JsonObject } from "../json.ts";
import { NotPossible } from "./api-error.ts";
import type { StoredFile } from "./world.ts";

/** A file as a person picks it. */
export interface PickedFile {
  readonly filename: string;
  readonly bytes: Uint8Array;
}

/** What a person enters: text, an option by value or label, several, files; null empties an input. */
export type EnteredValue = string | number | readonly string[] | readonly PickedFile[] | null;
/** By the input's label, block id or action id. */
export type EnteredValues = Readonly<Record<string, EnteredValue>>;

export interface ModalInput {
  readonly blockId: string;
  readonly actionId: string;
  readonly label: string;
  readonly optional: boolean;
  readonly element: JsonObject;
}

export function inputsOf(view: JsonObject): ModalInput[] {
  return (view.blocks as JsonObject[])
    .filter(({ type }) => type === "input")
    .map((block) => {
      const element = block.element as JsonObject;
      return {
        blockId: String(block.block_id),
        actionId: String(element.action_id),
        label: String((block.label as JsonObject).text),
        optional: block.optional === true,
        element,
      };
    });
}

const optionsOf = (element: JsonObject): JsonObject[] => [
  ...((element.options ?? []) as JsonObject[]),
  ...((element.option_groups ?? []) as JsonObject[]).flatMap(({ options }) => options as JsonObject[]),
];

export function chosenOption(element: JsonObject, given: string): JsonObject {
  const type = String(element.type);
  if (type.includes("external")) {
    return { text: { type: "plain_text", text: given, emoji: true }, value: given };
  }
  const found = optionsOf(element).find(
    ({ value, text }) => value === given || (isObject(text) && text.text === given),
  );
  if (found === undefined) {
    throw new NotPossible(`${given} is not offered`);
  }
  return found;
}

function checkText(label: string, element: JsonObject, text: string): void {
  const length = characters(text);
  if (length < Number(element.min_length ?? 0) || length > Number(element.max_length ?? 3_000)) {
    throw new NotPossible(
      `${label} takes ${Number(element.min_length ?? 0)} to ${Number(element.max_length ?? 3_000)} characters`,
    );
  }
  const number = Number(text);
  if (element.type === "number_input") {
    const outside =
      (element.min_value !== undefined && number < Number(element.min_value)) ||
      (element.max_value !== undefined && number > Number(element.max_value));
    if (
      text.trim() === "" ||
      Number.isNaN(number) ||
      outside ||
      (element.is_decimal_allowed === false && !Number.isInteger(number))
    ) {
      throw new NotPossible(`${label} does not take ${text}`);
    }
  }
  if (element.type === "url_text_input" && !URL.canParse(text)) {
    throw new NotPossible(`${label} takes an address`);
  }
  if (element.type === "email_text_input" && !/^\S+@\S+$/.test(text)) {
    throw new NotPossible(`${label} takes an e-mail address`);
  }
}

const singles: Readonly<Record<string, string>> = {
  users_select: "selected_user",
  conversations_select: "selected_conversation",
  channels_select: "selected_channel",
  multi_users_select: "selected_users",
  multi_conversations_select: "selected_conversations",
  multi_channels_select: "selected_channels",
  datepicker: "selected_date",
  timepicker: "selected_time",
  datetimepicker: "selected_date_time",
  rich_text_input: "rich_text_value",
};

/** The input's value before anybody touches it. */
export function initialState({ element }: ModalInput): JsonObject {
  const type = String(element.type);
  const filled = Object.entries(element).find(([name]) => name.startsWith("initial_"))?.[1];
  if (type.endsWith("_input") && type !== "rich_text_input" && type !== "file_input") {
    return { type, value: filled ?? null };
  }
  if (type === "file_input") {
    return { type, files: [] };
  }
  const single = singles[type];
  if (single !== undefined) {
    return { type, [single]: filled ?? (type.startsWith("multi_") ? [] : null) };
  }
  return type === "checkboxes" || type.startsWith("multi_")
    ? { type, selected_options: filled ?? [] }
    : { type, selected_option: filled ?? null };
}

export const isEmpty = (state: JsonObject) =>
  Object.entries(state).every(
    ([name, value]) => name === "type" || value === null || (Array.isArray(value) && value.length === 0),
  );

/** The state after a person entered a value; throws NotPossible if the client would not accept it. */
export function enteredState(
  { element, label }: ModalInput,
  given: EnteredValue,
  upload: (file: PickedFile) => StoredFile,
  payload: (file: StoredFile) => JsonObject,
): JsonObject {
  const type = String(element.type);
  const list = Array.isArray(given) ? (given as readonly (string | PickedFile)[]) : given === null ? [] : [given];
  if (type === "file_input") {
    return {
      type,
      files: pickedFiles(label, element, list as readonly PickedFile[])
        .map(upload)
        .map(payload),
    };
  }
  if (type.endsWith("_input") && type !== "rich_text_input") {
    const text = given === null || given === "" ? null : String(given);
    if (text !== null) {
      checkText(label, element, text);
    }
    return { type, value: text };
  }
  const single = singles[type];
  if (single !== undefined) {
    return { type, [single]: type.startsWith("multi_") ? list.map(String) : (given ?? null) };
  }
  const options = list.map((item) => chosenOption(element, String(item)));
  const most = Number(element.max_selected_items ?? 100);
  if (options.length > most) {
    throw new NotPossible(`${label} takes ${most} at most`);
  }
  return type === "checkboxes" || type.startsWith("multi_")
    ? { type, selected_options: options }
    : { type, selected_option: options[0] ?? null };
}

function pickedFiles(label: string, element: JsonObject, picked: readonly PickedFile[]): readonly PickedFile[] {
  const most = Number(element.max_files ?? 10);
  if (picked.length > most) {
    throw new NotPossible(`${label} takes ${most} files at most`);
  }
  const types = element.filetypes as string[] | undefined;
  const wrong = picked.find(
    ({ filename }) => types !== undefined && !types.includes(extname(filename).slice(1).toLowerCase()),
  );
  if (wrong !== undefined) {
    throw new NotPossible(`${label} does not take ${wrong.filename}`);
  }
  return picked;
}
